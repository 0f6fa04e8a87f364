"""What is kept of documents: the frozen facts, whom they concern, and the hashes of facts and files."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class Document(Base):
    """A filed document; `source` names its cause, so that it is filed once. The bytes are in the vault.

    `version` counts from 1; `replaces_id` is the version before. `schema_version` is that of the kind's facts. Without
    a `person_id` it concerns the organization alone. `pdf_sha256` is the file made when it was filed, None where files
    are made when asked for; later ones are `DocumentFile`s.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String, unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    language: Mapped[str] = mapped_column(String)
    template_version: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    facts_sha256: Mapped[str] = mapped_column(String(64))
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    filed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    schema_version: Mapped[int] = mapped_column(default=1, server_default="1")
    profile_id: Mapped[str | None] = mapped_column(String)
    profile_version: Mapped[int | None]
    verify_code: Mapped[str | None] = mapped_column(String, unique=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), unique=True)
    engine: Mapped[str] = mapped_column(String, default="", server_default="")


class DocumentConcern(Base):
    """A further person whom a document concerns, who may read it as the one it is addressed to may."""

    __tablename__ = "document_concern"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class DocumentFile(Base):
    """A later file of a document: made when it was asked for, or with what was added to its seal.

    `level` is that of the seal (B-B, B-T, B-LT), empty where there is none. The latest file is the one to give.
    """

    __tablename__ = "document_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String)
    engine: Mapped[str] = mapped_column(String)
    made_at: Mapped[datetime]


class DocumentEmptied(Base):
    """The facts of a document were emptied, and its files removed, by the decision of a request for erasure.

    Its hash, number and code stay, so that whoever has the paper still learns that it is ours.
    """

    __tablename__ = "document_emptied"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, autoincrement=False)
    erasure_request_id: Mapped[int] = mapped_column(index=True)
    emptied_at: Mapped[datetime]


append_only(Document.__table__, redactable=("facts",))  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(DocumentEmptied.__table__)  # type: ignore[arg-type]
append_only(DocumentConcern.__table__)  # type: ignore[arg-type]
append_only(DocumentFile.__table__)  # type: ignore[arg-type]
