"""What is kept of people beyond names and addresses: contacts, who acts for whom, estates, admission, merges."""

from datetime import date, datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.cipher import SealedText
from app.core.database import Base
from app.members.models import Membership, Person


class Contact(Base):
    """An e-mail address or telephone number from a day on, and what it may be used for; an empty value ends it."""

    __tablename__ = "contact"
    __table_args__ = (Index(None, "person_id", "kind", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String)
    value: Mapped[str] = mapped_column(String)
    purposes: Mapped[list[str]] = mapped_column(ARRAY(String))
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PersonPrivate(Base):
    """Birth date and tax number, sealed; the latest row counts. Equal birth dates have one `born_index`."""

    __tablename__ = "person_private"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    born_on: Mapped[str | None] = mapped_column(SealedText("person_private.born_on"))
    tax_number: Mapped[str | None] = mapped_column(SealedText("person_private.tax_number"))
    born_index: Mapped[bytes | None] = mapped_column(BYTEA)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PersonDeclaration(Base):
    """What somebody declared of income and net worth, and bought elsewhere in twelve months; the latest row counts.

    Amounts are whole minor units of the currency, as sealed digits; of an entity, revenue and net assets.
    """

    __tablename__ = "person_declaration"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    currency: Mapped[str] = mapped_column(String(3))
    income_cents: Mapped[str] = mapped_column(SealedText("person_declaration.income_cents"))
    net_worth_cents: Mapped[str] = mapped_column(SealedText("person_declaration.net_worth_cents"))
    bought_12m_cents: Mapped[str] = mapped_column(SealedText("person_declaration.bought_12m_cents"))
    accredited: Mapped[str] = mapped_column(SealedText("person_declaration.accredited"))
    declared_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class PersonBankAccount(Base):
    """Where money for a person is sent, sealed; the latest row counts, one without a number means none any more.

    Equal accounts have one `number_index`. `bank_code` is the routing number or sort code, where there is no IBAN.
    `bound` is a sealed hash of the person, the account and its moments: values of another row do not fit it.
    """

    __tablename__ = "person_bank_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    scheme: Mapped[str] = mapped_column(String)
    holder_name: Mapped[str | None] = mapped_column(SealedText("person_bank_account.holder_name"))
    number: Mapped[str | None] = mapped_column(SealedText("person_bank_account.number"))
    bank_code: Mapped[str | None] = mapped_column(SealedText("person_bank_account.bank_code"))
    bic: Mapped[str | None] = mapped_column(SealedText("person_bank_account.bic"))
    number_index: Mapped[bytes | None] = mapped_column(BYTEA, index=True)
    bound: Mapped[str | None] = mapped_column(SealedText("person_bank_account.bound"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    usable_from: Mapped[datetime]


class PersonKey(Base):
    """What a person can be found by: words of names, addresses, numbers; never removed, since names of old count."""

    __tablename__ = "person_key"

    key: Mapped[str] = mapped_column(String(collation="C"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)


class Representation(Base):
    """Somebody acts for a holder from a day on, until (not including) another day when one is known."""

    __tablename__ = "representation"
    __table_args__ = (
        CheckConstraint("person_id <> holder_id", name="not_for_oneself"),
        CheckConstraint("valid_until > valid_from", name="some_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    capacity: Mapped[str] = mapped_column(String)
    position: Mapped[int]
    basis: Mapped[str] = mapped_column(String)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    holder: Mapped[Person] = relationship(foreign_keys=[holder_id])


class RepresentationEnd(Base):
    """The end of acting for a holder: the first day on which it no longer holds, and why."""

    __tablename__ = "representation_end"

    representation_id: Mapped[int] = mapped_column(
        ForeignKey("representation.id"), primary_key=True, autoincrement=False
    )
    ended_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Estate(Base):
    """A death: from that day the person's estate is the holder, under the same member number."""

    __tablename__ = "estate"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    died_on: Mapped[date]
    basis: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Heir(Base):
    """Somebody who inherits, as a document says; `heir_id` when they are known here."""

    __tablename__ = "heir"

    id: Mapped[int] = mapped_column(primary_key=True)
    estate_id: Mapped[int] = mapped_column(ForeignKey("estate.person_id"), index=True)
    legal_name: Mapped[str] = mapped_column(String)
    portion: Mapped[str] = mapped_column(String)
    basis: Mapped[str] = mapped_column(String)
    heir_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class PersonMerge(Base):
    """Two records are one person: reads lead from the absorbed to the survivor, and nothing is moved."""

    __tablename__ = "person_merge"
    __table_args__ = (CheckConstraint("survivor_id <> absorbed_id", name="two_records"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    survivor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    absorbed_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    merged_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


class PersonUnmerge(Base):
    """A merge undone: both records are as they were."""

    __tablename__ = "person_unmerge"

    merge_id: Mapped[int] = mapped_column(ForeignKey("person_merge.id"), primary_key=True, autoincrement=False)
    undone_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


class Application(Base):
    """Somebody asks to become a member."""

    __tablename__ = "membership_application"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    statement: Mapped[str] = mapped_column(String)
    applied_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class ApplicationDecision(Base):
    """The one decision of an application: admitted with a membership, or refused, with the reason."""

    __tablename__ = "application_decision"

    application_id: Mapped[int] = mapped_column(
        ForeignKey("membership_application.id"), primary_key=True, autoincrement=False
    )
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    reason: Mapped[str] = mapped_column(String)
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))

    membership: Mapped[Membership | None] = relationship()


class OnlineIdentityCheck(Base):
    """A provider verified a document that shows the person's name; `provider_check` is its name of the check."""

    __tablename__ = "online_identity_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    provider: Mapped[str] = mapped_column(String)
    provider_check: Mapped[str] = mapped_column(String, unique=True)
    recorded_at: Mapped[datetime]


class IdentityCheck(Base):
    """Two people have seen a document that shows who somebody is; the document's number is not kept."""

    __tablename__ = "identity_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    document: Mapped[str] = mapped_column(String)
    issued_by: Mapped[str] = mapped_column(String)
    seen_on: Mapped[date]
    expires_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    seen_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Expulsion(Base):
    """How a member was expelled: when the notice of the hearing was sent, when it was held, what was decided."""

    __tablename__ = "expulsion"

    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), primary_key=True, autoincrement=False)
    grounds: Mapped[str] = mapped_column(String)
    noticed_on: Mapped[date]
    heard_on: Mapped[date]
    decided_on: Mapped[date]
    recorded_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


APPEND_ONLY = (
    Representation,
    RepresentationEnd,
    Estate,
    Heir,
    PersonMerge,
    PersonUnmerge,
    ApplicationDecision,
    IdentityCheck,
    OnlineIdentityCheck,
    Expulsion,
)
append_only(Contact.__table__, redactable=("value",))  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(Application.__table__, redactable=("statement",))  # type: ignore[arg-type]
for _table in APPEND_ONLY:
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
