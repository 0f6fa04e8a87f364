"""What is kept of people: persons, their dated particulars, membership, roles, sign-in links and sessions."""

from datetime import date, datetime

from sqlalchemy import ARRAY, ForeignKey, Index, String, exists, func, text
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.members.restricting import Restriction


class Person(Base):
    """Someone who pledges, holds, votes or works here; `email` (normalised) is how they are reached and sign in.

    Holders whom the staff entered may have none: they do not sign in, and their letters go by post. What is
    left of a `restricted` person is shown in the register and nowhere else.
    """

    __tablename__ = "person"
    __table_args__ = (Index("uq_person_email_lower", func.lower(text("email")), unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(String)
    language: Mapped[str] = mapped_column(String)
    created_at: Mapped[datetime]
    restricted: Mapped[bool] = column_property(
        exists().where(Restriction.person_id == id).correlate_except(Restriction)
    )


class Particulars(Base):
    """A holder's kind, name and postal address as valid from a day on; a later row replaces it from its own day.

    `holder_kind` is a `HolderKind`; `registration_number` is that of the register a company or association stands in.
    """

    __tablename__ = "particulars"
    __table_args__ = (Index(None, "person_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[date]
    legal_name: Mapped[str] = mapped_column(String)
    street_lines: Mapped[list[str]] = mapped_column(ARRAY(String))
    postal_code: Mapped[str] = mapped_column(String)
    locality: Mapped[str] = mapped_column(String)
    region: Mapped[str] = mapped_column(String)
    country: Mapped[str] = mapped_column(String(2))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    holder_kind: Mapped[str] = mapped_column(String, server_default="person")
    registration_number: Mapped[str] = mapped_column(String, server_default="")
    reason: Mapped[str] = mapped_column(String, server_default="")


class Membership(Base):
    """An entry into the register of members; the number is never given to anyone else."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[int] = mapped_column(unique=True)
    entered_on: Mapped[date]
    basis: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class MembershipEnd(Base):
    """The end of a membership: the day it ceases, which may lie ahead, on which basis, and why."""

    __tablename__ = "membership_end"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), primary_key=True, autoincrement=False)
    ceased_on: Mapped[date]
    basis: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String, server_default="")


class RoleGrant(Base):
    """A role given to a person: by whom (null: the command line), when, and why.

    `subject` is what it is for, such as `offer:spring-2027` (null: everywhere); it counts from its first to its last
    day (null: from the moment of granting, and until it is ended).
    """

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String)
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)
    subject: Mapped[str | None] = mapped_column(String)
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    granter: Mapped[Person | None] = relationship(foreign_keys=[granted_by])


class RoleEnd(Base):
    """The end of a role: by whom, when, and why."""

    __tablename__ = "role_end"

    grant_id: Mapped[int] = mapped_column(ForeignKey("role_grant.id"), primary_key=True, autoincrement=False)
    ended_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


class RoleSuspension(Base):
    """In an emergency one person lets a role not count until a moment; it ends by no more than that."""

    __tablename__ = "role_suspension"

    id: Mapped[int] = mapped_column(primary_key=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("role_grant.id"), index=True)
    suspended_at: Mapped[datetime]
    until: Mapped[datetime]
    suspended_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(String)


class SignInLink(Base):
    """A one-time link sent to a person; the link itself is sealed, the row holds its end and its one use.

    A link that was asked for in a browser belongs to it; elsewhere the code that this browser shows is needed.
    """

    __tablename__ = "sign_in_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    leads_to: Mapped[str] = mapped_column(String)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    browser_sha256: Mapped[bytes | None] = mapped_column(BYTEA)
    code_mac: Mapped[bytes | None] = mapped_column(BYTEA)
    code_tries: Mapped[int] = mapped_column(default=0)

    person: Mapped[Person] = relationship()


class SignedIn(Base):
    """A session of a person in one browser, known by the hash of its cookie, opened by `how` (link, passkey …)."""

    __tablename__ = "signed_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    cookie_sha256: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    used_on: Mapped[date | None]
    how: Mapped[str] = mapped_column(String, default="link")
    browser: Mapped[str] = mapped_column(String, default="")
    system: Mapped[str] = mapped_column(String, default="")

    person: Mapped[Person] = relationship()


for _table in (Particulars, Membership, MembershipEnd, RoleGrant, RoleEnd, RoleSuspension):
    append_only(_table.__table__)  # type: ignore[arg-type]
