"""What is kept of how people sign in: devices, second factors, outside accounts, proofs from the platform."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.cipher import SealedText
from app.core.database import Base


class KnownDevice(Base):
    """A browser in which a person has signed in before, known by the hash of its long-lived cookie."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("person_id", "cookie_sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cookie_sha256: Mapped[bytes] = mapped_column(BYTEA)
    seen_at: Mapped[datetime]


class Passkey(Base):
    """A credential of WebAuthn: the public half of a key that never leaves the person's device."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    user_handle: Mapped[bytes] = mapped_column(BYTEA)
    credential_id: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    public_key: Mapped[bytes] = mapped_column(BYTEA)
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String)
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class Authenticator(Base):
    """An authenticator app (TOTP, RFC 6238): `last_step` is the last time step whose code was accepted."""

    __tablename__ = "authenticator"
    __table_args__ = (
        Index("uq_authenticator_present", "person_id", unique=True, postgresql_where=text("removed_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    secret: Mapped[str] = mapped_column(SealedText("authenticator.secret"))
    last_step: Mapped[int]
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes that stand in for a lost second factor, kept as a hash; each works once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_sha256: Mapped[bytes] = mapped_column(BYTEA)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]


class CodeTries(Base):
    """How many wrong codes a person has typed since `began_at`."""

    __tablename__ = "code_tries"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    began_at: Mapped[datetime]
    count: Mapped[int]


class Spent(Base):
    """Something that may be used once and was: the hash of a challenge, a state or a claim, until it expires anyway."""

    __tablename__ = "spent"

    token_sha256: Mapped[bytes] = mapped_column(BYTEA, primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class OutsideAccount(Base):
    """The account of a person at an OpenID provider, known by issuer and subject."""

    __tablename__ = "outside_account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    issuer: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String)
    connected_at: Mapped[datetime]


class PlatformProof(Base):
    """A person is a user of the platform: `how` is `claim` or `list`; a user of the platform is one person here."""

    __tablename__ = "platform_proof"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    how: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String, unique=True)
    at: Mapped[datetime]


class PlatformList(Base):
    """A list of its users that the platform gave: hashes of their e-mail addresses with this salt."""

    __tablename__ = "platform_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(String)
    imported_at: Mapped[datetime]


class PlatformEmail(Base):
    """One entry of such a list: SHA-256 over the salt and the e-mail address in lower case."""

    __tablename__ = "platform_email"

    list_id: Mapped[int] = mapped_column(ForeignKey("platform_list.id"), primary_key=True, autoincrement=False)
    email_sha256: Mapped[bytes] = mapped_column(BYTEA, primary_key=True)


append_only(PlatformProof.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
