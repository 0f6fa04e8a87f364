"""Finding pledges: what the desk may ask for, and the query of it, which an index answers at millions of rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text, tuple_, union
from sqlalchemy.orm import Session

from app.core.errors import N_, InvalidInput
from app.members.models import Membership
from app.members.people.kinds import HolderKind
from app.members.people.likeness import words
from app.members.people.models import PersonKey
from app.members.restricting import Restriction
from app.offers.models import Offer, Pledge, PledgeState
from app.offers.pledging.models import PledgeLikeness
from app.offers.tallying import due_minor, held_minor_of
from app.payments.models import PayBy, PaymentRequest
from app.payments.references import BadReference, read_reference
from app.web.countries import country_names
from app.web.typed import Form


class Paid(StrEnum):
    """How much of a pledge is paid."""

    FULL = N_("paid in full")
    PART = N_("paid in part")
    NOTHING = N_("nothing paid")


class Sort(StrEnum):
    """The order of a list."""

    NEWEST = N_("newest first")
    OLDEST = N_("oldest first")
    LARGEST = N_("largest first")
    SMALLEST = N_("smallest first")


class Alike(StrEnum):
    """Whether the holder of a pledge may be that of another one in the offer."""

    YES = N_("may be a duplicate")


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; empty fields let everything through. Days are those of the offer's zone."""

    text: str = ""
    state: str = ""
    paid: str = ""
    country: str = ""
    holder_kind: str = ""
    pay_by: str = ""
    alike: str = ""
    since: date | None = None
    until: date | None = None
    sort: Sort = Sort.NEWEST
    query: dict[str, str] = field(default_factory=dict)


NAMES = ("text", "state", "paid", "country", "holder_kind", "pay_by", "alike", "since", "until", "sort")


def read_asked(fields: Mapping[str, str]) -> tuple[Asked, InvalidInput | None]:
    """What the fields of a query ask for, and what of them cannot be read (which then asks for nothing)."""
    given = {name: fields[name].strip() for name in NAMES if fields.get(name, "").strip()}
    form = Form(given)
    choices: dict[str, Any] = {
        "state": list(PledgeState), "paid": list(Paid), "country": country_names("en"), "holder_kind": list(HolderKind),
        "pay_by": list(PayBy), "alike": list(Alike), "sort": list(Sort),
    }  # fmt: skip
    chosen = {name: form.choice(name, allowed) for name, allowed in choices.items() if name in given}
    sought = form.text("text", 200, required=False)
    since, until = form.day_or_none("since"), form.day_or_none("until")
    good = {name: value for name, value in given.items() if name not in form.problems}
    sort = Sort(chosen.pop("sort", "") or Sort.NEWEST)
    asked = Asked(
        text=sought,
        since=since if "since" in good else None,
        until=until if "until" in good else None,
        sort=sort,
        query=good,
        **chosen,
    )
    return asked, InvalidInput(form.problems) if form.problems else None


def conditions(session: Session, offer: Offer, asked: Asked) -> list[ColumnElement[bool]]:
    """Everything that is asked but how much is paid."""
    found: list[ColumnElement[bool]] = [Pledge.offer_id == offer.id]
    for name in ("state", "country", "holder_kind", "pay_by"):
        if value := getattr(asked, name):
            found.append(getattr(Pledge, name) == value)
    if asked.alike:
        found.append(Pledge.id.in_(union(select(PledgeLikeness.pledge_id), select(PledgeLikeness.other_pledge_id))))
    zone = ZoneInfo(offer.terms.zone)
    if asked.since:
        found.append(Pledge.made_at >= _midnight(asked.since, zone))
    if asked.until:
        found.append(Pledge.made_at < _midnight(asked.until + timedelta(days=1), zone))
    if asked.text:
        found += [_matching(asked.text), Pledge.legal_name != "", ~_restricted()]
    return found


def order(sort: Sort) -> tuple[list[Any], list[Any]]:
    """The columns of an order, and how they are sorted; the last one tells every two rows apart."""
    key = [Pledge.id] if sort in (Sort.NEWEST, Sort.OLDEST) else [Pledge.amount_cents, Pledge.id]
    falls = sort in (Sort.NEWEST, Sort.LARGEST)
    return key, [column.desc() if falls else column.asc() for column in key]


def beyond(sort: Sort, after: list[int]) -> ColumnElement[bool]:
    """The rows that follow a key in an order."""
    key, _ = order(sort)
    place = tuple_(*key)
    return place < tuple_(*after) if sort in (Sort.NEWEST, Sort.LARGEST) else place > tuple_(*after)


def is_paid(paid: str) -> ColumnElement[bool]:
    """Whether so much of what a pledge comes to is paid, by the books."""
    amount, due = held_minor_of(), due_minor()
    confirmed = Pledge.state == PledgeState.CONFIRMED
    if paid == Paid.FULL:
        return or_(Pledge.state == PledgeState.ALLOTTED, and_(confirmed, amount >= due))
    if paid == Paid.PART:
        return and_(confirmed, amount > 0, amount < due)
    return and_(confirmed, amount == 0)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _restricted() -> ColumnElement[bool]:
    return Pledge.person_id.in_(select(Restriction.person_id)) & Pledge.person_id.is_not(None)


def _matching(sought: str) -> ColumnElement[bool]:
    """A reference, an e-mail address or its beginning, a number of a pledge or member, or words of a name."""
    if "@" in sought:
        return func.lower(Pledge.email).startswith(sought.lower(), autoescape=True)
    if re.fullmatch(r"[Rr][Ff][0-9][0-9A-Za-z \-]*", sought):
        try:
            reference = read_reference(sought)
        except BadReference:
            return text("false")  # type: ignore[return-value]  # a condition that nothing meets
        return Pledge.payment_request_id.in_(select(PaymentRequest.id).where(PaymentRequest.reference == reference))
    if sought.isascii() and sought.isdigit() and len(sought) < 19:
        members = select(Membership.person_id).where(Membership.number == int(sought))
        return or_(Pledge.id == int(sought), Pledge.holder_id.in_(members))
    return Pledge.id.in_(_named(sought))


def _named(sought: str) -> Select[int]:
    """Pledges with words that begin like these: as they were typed, or as the record of the holder has them."""
    simple = text("'simple'::regconfig")
    typed = " & ".join(f"'{word}':*" for word in re.findall(r"[^\W_]+", sought.lower())[:10])
    named = select(Pledge.id).where(
        func.to_tsvector(simple, Pledge.legal_name).op("@@")(func.to_tsquery(simple, typed or "'\x01'"))
    )
    known = select(Pledge.id)
    for word in words(sought)[:10]:
        keyed = select(PersonKey.person_id).where(PersonKey.key.startswith(f"word:{word}", autoescape=True))
        known = known.where(Pledge.holder_id.in_(keyed))
    return select(union(named, known).subquery().c.id) if words(sought) else named
