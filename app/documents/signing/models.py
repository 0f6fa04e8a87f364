"""What is kept of signatures by people: who is to sign a document in which place, and what each signature made."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.documents.models import Document
from app.members.models import Person


class DocumentSignatory(Base):
    """A person who was asked to sign a document, as the one whom its facts name at a place, from 0."""

    __tablename__ = "document_signatory"
    __table_args__ = (UniqueConstraint("document_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    place: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]

    document: Mapped[Document] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class DocumentSignature(Base):
    """A signature: which version was signed, and the version with its evidence that it became."""

    __tablename__ = "document_signature"

    signatory_id: Mapped[int] = mapped_column(
        ForeignKey("document_signatory.id"), primary_key=True, autoincrement=False
    )
    signed_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    made_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    signed_at: Mapped[datetime]


append_only(DocumentSignatory.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(DocumentSignature.__table__)  # type: ignore[arg-type]
