"""What is kept of a CSV file between its upload and its import."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.cipher import SealedBytes
from app.core.database import Base


class BankTable(Base):
    """A bank's CSV file that waits until somebody has said how it is read; sealed, and removed after a day."""

    __tablename__ = "bank_table"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String)
    content: Mapped[bytes] = mapped_column(SealedBytes("bank_table.content"))
    sent_at: Mapped[datetime]
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
