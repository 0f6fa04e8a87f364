"""Uploads: files that people give, kept in the vault, each with a row that says what it is and to what it belongs."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import audit, clock, vault
from app.core.appendonly import append_only
from app.core.contents import Kind, kind_of
from app.core.database import Base
from app.core.errors import N_, NotFound, Refusal

_JOINERS = "\u200c\u200d"
NAME_MAX = 120
UPLOAD_MAX = 10 * 1024 * 1024
"""The largest file that is taken, in bytes."""


class FileTooLarge(Refusal):
    """The file is larger than what is taken."""

    message = N_("The file is larger than {most} MB. Choose a smaller one.")
    status = 413
    field = "file"


@dataclass(frozen=True)
class SentFile:
    """A file as somebody sent it: the name they gave it, of which nothing is believed, and its bytes."""

    name: str
    content: bytes


class Upload(Base):
    """A file: the hash under which the vault keeps it, its size, what its content is, and the name it is shown by.

    `subject` is `kind:id` of what it belongs to, such as `offer-terms:12`; whoever keeps that kind decides who reads.
    """

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    kind: Mapped[str] = mapped_column(String)
    shown_name: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String, index=True)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    uploaded_at: Mapped[datetime]


append_only(Upload.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table


@dataclass(frozen=True)
class Reader:
    """Who wants to read a file: nobody known (None), or a person with roles."""

    person_id: int | None
    roles: frozenset[str]


@dataclass(frozen=True)
class _Subject:
    may_read: Callable[[Session, str, Reader], bool]
    noted: bool


_SUBJECTS: dict[str, _Subject] = {}


def register_subject(kind: str, may_read: Callable[[Session, str, Reader], bool], *, noted: bool = True) -> None:
    """Say who may read files of a kind of subject: `may_read(session, id, reader)`, where the subject is `kind:id`.

    Called where the kind is kept, when its module loads. Readings are lines of the audit trail unless not `noted`.
    """
    assert kind not in _SUBJECTS or _SUBJECTS[kind].may_read is may_read, f"{kind} is registered already"
    _SUBJECTS[kind] = _Subject(may_read, noted)


def take_upload(
    session: Session, file: SentFile, *, kinds: Sequence[Kind], subject: str, by: int | None, most: int = UPLOAD_MAX
) -> Upload:
    """Keep a file of one of some kinds for a subject; refused when its content is none of them, or too much."""
    assert subject.partition(":")[0] in _SUBJECTS, f"nobody says who may read files of {subject}: register_subject"
    if len(file.content) > most:
        raise FileTooLarge(most=most // 2**20)
    kind = kind_of(file.content, kinds)
    row = Upload(
        sha256=vault.put(file.content),
        size_bytes=len(file.content),
        kind=kind.value,
        shown_name=clean_name(file.name, kind),
        subject=subject,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.UPLOAD_TAKEN, f"upload:{row.id}", by=by, belongs_to=subject, sha256=row.sha256, kind=row.kind
    )
    return row


def carry_uploads(session: Session, before: str, after: str, *, but: int | None = None) -> None:
    """Let a subject have the files of another as well (`but` one), such as new terms those of the terms before."""
    for row in uploads_of(session, before):
        if row.id == but:
            continue
        again = {name: getattr(row, name) for name in ("sha256", "size_bytes", "kind", "shown_name", "uploaded_by")}
        session.add(Upload(**again, subject=after, uploaded_at=clock.now()))
    session.flush()


def uploads_of(session: Session, subject: str) -> list[Upload]:
    """The files of a subject, the oldest first."""
    return list(session.scalars(select(Upload).where(Upload.subject == subject).order_by(Upload.id)))


def read_upload(session: Session, upload_id: int, reader: Reader) -> tuple[Upload, bytes]:
    """A file and its bytes, for whoever may read it; else `NotFound`, as if there were none."""
    row = session.get(Upload, upload_id)
    kind, _, id_ = row.subject.partition(":") if row is not None else ("", "", "")
    rule = _SUBJECTS.get(kind)
    if row is None or rule is None or not rule.may_read(session, id_, reader):
        raise NotFound
    content = vault.get(row.sha256)
    if rule.noted:
        audit.record(session, audit.Tag.UPLOAD_READ, f"upload:{row.id}", by=reader.person_id)
    return row, content


def clean_name(name: str, kind: Kind) -> str:
    """A name that can be shown and offered for saving: no folders, nothing unseen, the right end, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if char.isspace() else char for char in last if char.isspace() or _is_shown(char))
    stem = re.sub(r" +", " ", seen).strip(" .")
    ends = {Kind.JPEG: (".jpg", ".jpeg")}.get(kind, (f".{kind.value}",))
    for end in ends:
        if stem.lower().endswith(end):
            stem = stem[: -len(end)].rstrip(" .")
    return f"{stem[:NAME_MAX].rstrip(' .') or 'file'}.{kind.value}"


def _is_shown(char: str) -> bool:
    """Whether a character may be part of a shown name: nothing that turns text around, nor what systems read."""
    unseen = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") and char not in _JOINERS
    return not unseen and char not in '<>:"|?*%'
