"""What is kept of an issue of documents: which records it holds in which order, its root, and what seals that."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class DocumentIssue(Base):
    """Many documents filed for one cause, such as `offer:12`, without files of their own until somebody asks."""

    __tablename__ = "document_issue"

    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(String, index=True)
    kind: Mapped[str] = mapped_column(String)
    begun_at: Mapped[datetime]


class DocumentLeaf(Base):
    """A document's place in its issue, from 0; the leaf's hash is over the document's `facts_sha256`."""

    __tablename__ = "document_leaf"
    __table_args__ = (UniqueConstraint("issue_id", "place"),)

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), primary_key=True, autoincrement=False)
    issue_id: Mapped[int] = mapped_column(ForeignKey("document_issue.id"))
    place: Mapped[int]


class DocumentIssueBlock(Base):
    """The root over `merkle.BLOCK` leaves that follow each other, so that no path needs all of them."""

    __tablename__ = "document_issue_block"

    issue_id: Mapped[int] = mapped_column(ForeignKey("document_issue.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[bytes] = mapped_column(BYTEA)


class DocumentIssueSeal(Base):
    """The end of an issue: the root over all its records, and the organization's signature of it (CMS, detached)."""

    __tablename__ = "document_issue_seal"

    issue_id: Mapped[int] = mapped_column(ForeignKey("document_issue.id"), primary_key=True, autoincrement=False)
    count: Mapped[int]
    root_sha256: Mapped[str] = mapped_column(String(64))
    signature: Mapped[bytes] = mapped_column(BYTEA)
    is_test: Mapped[bool]
    sealed_at: Mapped[datetime]


class DocumentIssueTimestamp(Base):
    """An authority's token (RFC 3161) whose imprint is the root of an issue."""

    __tablename__ = "document_issue_timestamp"

    issue_id: Mapped[int] = mapped_column(ForeignKey("document_issue.id"), primary_key=True, autoincrement=False)
    token: Mapped[bytes] = mapped_column(BYTEA)
    stamped_at: Mapped[datetime]


append_only(DocumentIssue.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(DocumentLeaf.__table__)  # type: ignore[arg-type]
append_only(DocumentIssueBlock.__table__)  # type: ignore[arg-type]
append_only(DocumentIssueSeal.__table__)  # type: ignore[arg-type]
append_only(DocumentIssueTimestamp.__table__)  # type: ignore[arg-type]
