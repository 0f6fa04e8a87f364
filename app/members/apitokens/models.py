"""What is kept of the API's credentials: tokens by their hash, and answers by the key of their request."""

from datetime import date, datetime

from sqlalchemy import ARRAY, ForeignKey, String
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Base
from app.members.models import Person


class ApiToken(Base):
    """A credential with which a program acts as a person, within scopes and until a moment; known by its hash.

    `with_roles` says whether its maker's roles counted when it was made: a token made without a second factor, or
    before a role was granted, never gains the role.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    label: Mapped[str] = mapped_column(String)
    secret_sha256: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(String))
    with_roles: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class ApiAnswer(Base):
    """What was answered to a request with an idempotency key: sent again, it gets the same answer."""

    __tablename__ = "api_answer"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String, primary_key=True)
    request_sha256: Mapped[bytes] = mapped_column(BYTEA)
    status: Mapped[int]
    media_type: Mapped[str] = mapped_column(String)
    body: Mapped[bytes] = mapped_column(BYTEA)
    answered_at: Mapped[datetime] = mapped_column(index=True)
