"""What a member's page of requests shows: holdings by class with what can be done, and what was asked for."""

from typing import Any

from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.members.entering import current_membership
from app.members.models import Membership, Person
from app.members.people.resolving import same_person
from app.members.persons import name_of
from app.shares.acts.judging import charged_shares, terms_on
from app.shares.acts.queueing import queued
from app.shares.acts.requesting import requests
from app.shares.acts.uncalling import called_of
from app.shares.holding import lots_of
from app.shares.models import Lot, Transferable

WAYS = {"sale": N_("Sale"), "gift": N_("Gift")}


def own_facts(session: Session, person: Person) -> dict[str, Any]:
    """Holdings by class, what may be done with each today, and every request that concerns the person."""
    member = current_membership(session, person.id)
    ours = set(session.scalars(same_person(person.id)))
    asked = [
        {
            "row": row,
            "consent": consent,
            "giving": row.membership.person_id in ours,
            "other": name_of(session, row.recipient if row.membership.person_id in ours else row.membership.person),
        }
        for row, consent in requests(session, person.id)
    ]
    return {
        "member": member,
        "holdings": _holdings(session, member) if member else [],
        "asked": asked,
        "withdrawals": queued(session, member=member) if member else [],
        "ways": list(WAYS.items()),
    }


def _holdings(session: Session, member: Membership) -> list[dict[str, Any]]:
    by_class: dict[int, list[Lot]] = {}
    for lot in lots_of(session, [member.id]):
        by_class.setdefault(lot.share_class_id, []).append(lot)
    today, facts = clock.today(), []
    for lots in by_class.values():
        found = lots[0].share_class
        terms = terms_on(session, found, today)
        locked = terms.locked_until if terms and terms.locked_until and terms.locked_until > today else None
        facts.append(
            {
                "found": found,
                "shares": sum(lot.shares for lot in lots),
                "paid": sum(lot.paid_cents for lot in lots),
                "currency": lots[0].currency,
                "charged": charged_shares(session, member, found),
                "locked_until": locked,
                "may_transfer": locked is None and (terms is None or terms.transferable != Transferable.NOT.value),
                "may_withdraw": terms is None or terms.withdrawable,
                "notice_days": terms.notice_days if terms else 0,
                "called": called_of(session, lots),
            }
        )
    return facts
