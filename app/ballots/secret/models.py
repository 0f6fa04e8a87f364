"""What is kept of secret ballots: keys, who took part, urns while it is open, and after it what was in them.

No column of what was voted names an elector, a person, a moment or a place in an order of casting.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.cipher import SealedBytes
from app.core.database import Base


class TellerKey(Base):
    """The public key of a teller for one ballot; the private one follows from a code that only they have seen.

    Of several of a teller the last counts when the ballot opens.
    """

    __tablename__ = "teller_key"
    __table_args__ = (Index(None, "ballot_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class BallotKey(Base):
    """The public key to which the papers of a ballot are sealed; no private one is kept while votes can be cast."""

    __tablename__ = "ballot_key"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class BallotKeyShare(Base):
    """The private key of a ballot, sealed to a second teller and that again to a first: it takes both to open it."""

    __tablename__ = "ballot_key_share"

    first_id: Mapped[int] = mapped_column(ForeignKey("teller_key.id"), primary_key=True, autoincrement=False)
    second_id: Mapped[int] = mapped_column(
        ForeignKey("teller_key.id"), primary_key=True, autoincrement=False, index=True
    )
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class KeyUse(Base):
    """A teller used their key after the close: what is left sealed, to each other teller's key, in `layers`.

    `layers` are base64 by the number of the other's key.
    """

    __tablename__ = "teller_key_use"

    key_id: Mapped[int] = mapped_column(ForeignKey("teller_key.id"), primary_key=True, autoincrement=False)
    layers: Mapped[dict[str, str]] = mapped_column(JSONB)
    used_at: Mapped[datetime]


class Participation(Base):
    """An elector took part in a secret ballot, through whom and how: the list of who voted, and nothing of what."""

    __tablename__ = "participation"
    __table_args__ = (Index(None, "ballot_id"),)

    elector_id: Mapped[int] = mapped_column(ForeignKey("elector.id"), primary_key=True, autoincrement=False)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    channel: Mapped[str] = mapped_column(String)
    cast_at: Mapped[datetime]
    cast_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Urn(Base):
    """One of the urns of an open ballot: many sealed papers, sorted by their bytes, under the installation's key.

    A paper is no row of its own, so that no transaction, place or order of rows tells when it came and from whom.
    """

    __tablename__ = "urn"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(SealedBytes("urn.content"))


class SealedPaper(Base):
    """A sealed paper as it was found when the urns were emptied at the close, all at once and sorted by their hash."""

    __tablename__ = "sealed_paper"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class UrnsEmptied(Base):
    """The urns of a ballot were emptied at its close: how many papers, and the SHA-256 of their sorted hashes."""

    __tablename__ = "urns_emptied"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    papers: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    emptied_at: Mapped[datetime]


class PapersOpening(Base):
    """Two tellers opened the key of a ballot; from now on it is public, so that everybody can open the papers."""

    __tablename__ = "papers_opening"
    __table_args__ = (UniqueConstraint("first_key_id", "second_key_id"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    first_key_id: Mapped[int] = mapped_column(ForeignKey("teller_key.id"))
    second_key_id: Mapped[int] = mapped_column(ForeignKey("teller_key.id"), index=True)
    opened_at: Mapped[datetime]


class OpenedPaper(Base):
    """A paper in clear, in its place in the list that is published, which is sorted by tracker."""

    __tablename__ = "opened_paper"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tracker: Mapped[str] = mapped_column(String)
    kind: Mapped[str] = mapped_column(String)
    college: Mapped[str] = mapped_column(String)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)


for _table in (
    TellerKey, BallotKey, BallotKeyShare, KeyUse, Participation, SealedPaper, UrnsEmptied, PapersOpening, OpenedPaper,
):  # fmt: skip
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
