"""What is kept of answers: each as it was given; a later row replaces it, none is changed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class ConversionAnswer(Base):
    """An answer to a question of `questions`; an empty `said` takes it back."""

    __tablename__ = "conversion_answer"
    __table_args__ = (Index(None, "conversion_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversion_id: Mapped[int] = mapped_column(ForeignKey("conversion.id"))
    key: Mapped[str] = mapped_column(String)
    said: Mapped[str] = mapped_column(String)
    answered_at: Mapped[datetime]
    answered_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


append_only(ConversionAnswer.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
