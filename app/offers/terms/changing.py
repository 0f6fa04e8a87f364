"""Changing the terms of an open offer: a new version that two people decide, under which pledges are confirmed again.

A version that changes only what is told of the offer (`HARMLESS`) asks nobody anything: nobody pays, gets or risks
anything else by it. Every other change does, a later deadline too, since it keeps money waiting longer.
"""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.core.uploads import carry_uploads
from app.law.windows import after_business_days, reconfirmation
from app.letters.writing import write
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words
from app.members.models import Person
from app.offers.drafting import ImpossibleTerms, StateChanged, locked_offer, obstacles, replace_terms, write_version
from app.offers.models import Offer, OfferState, OfferTerms, Pledge, PledgeState
from app.offers.result.proposing import ROLES, rehearse, subject_of
from app.offers.terms.comparing import compared
from app.offers.terms.lawful import law_of
from app.offers.terms.reserving import make_room
from app.offers.terms.stating import Terms, terms_from, terms_of
from app.shares.classes import lock_class

CHANGE = "offer:change-terms"
ASK_JOB = "offers.ask_reconfirmation"
HARMLESS = frozenset(("title", "summary", "users_count", "participants_target"))
LASTING = {"kind": N_("kind"), "share_class_id": N_("share class"), "currency": N_("currency")}
RECONFIRM_BUSINESS_DAYS = 5  # where the law names no time: that of US Regulation Crowdfunding
BATCH = 500


class CannotChange(Refusal):
    """What was pledged cannot become something else."""

    message = N_("An open offer keeps this: {what}. Cancel it and open another one.")
    status = 409


class NothingChanges(Refusal):
    """The new terms are the old ones."""

    message = N_("The terms say exactly this already.")
    status = 409


class NoTimeToReconfirm(Refusal):
    """The deadline comes before supporters could confirm."""

    message = N_("Supporters have until {until} to confirm their pledges again. Set the deadline after that.")
    field = "deadline_at"


class NotPledgedYet(Refusal):
    """Terms are replaced one change at a time."""

    message = N_(
        "The terms were changed before, and supporters may still confirm until {until}. Change them after that."
    )
    status = 409


class TermsMoved(Refusal):
    """The proposal was made from other terms."""

    message = N_("The terms were changed after this was proposed. Propose it again.")
    status = 409


def propose_change(session: Session, slug: str, terms: Terms, *, by: Person, reason: str) -> Proposal:
    """Propose new terms for an open offer."""
    offer = locked_offer(session, slug)
    changed, by_id = changes(offer.terms, terms), by.id
    payload: dict[str, Any] = {
        "offer": slug,
        "of_version": offer.terms.version,
        "reason": reason,
        "changes": sorted(changed),
        "terms": terms.payload(),
    }
    rehearse(session, lambda: _perform(session, payload, by_id))
    return propose(session, CHANGE, subject=subject_of(offer), payload=payload, by=by, reason=reason)


def change_terms(session: Session, slug: str, terms: Terms, *, by: int | None, reason: str) -> Offer:
    """Replace the terms of an open offer; supporters are asked to confirm unless the change is harmless."""
    offer = locked_offer(session, slug)
    if offer.state != OfferState.OPEN:
        raise StateChanged(state=OfferState(offer.state))
    changed = changes(offer.terms, terms)
    _refuse(offer, changed)
    until = None if changed <= HARMLESS else reconfirm_until(session, offer.terms)
    if until is not None and terms.deadline_at <= until:
        raise NoTimeToReconfirm(until=until)
    version = write_version(session, offer.id, offer.terms.version + 1, terms, by, reconfirm_by=until, reason=reason)
    carry_uploads(session, offer.terms.documents_subject, version.documents_subject)
    replace_terms(session, offer, version)
    lock_class(session, version.share_class)
    if problems := obstacles(session, version):
        raise ImpossibleTerms(reasons=problems)
    make_room(session, offer)
    audit.record(
        session, audit.Tag.OFFER_TERMS_REPLACED, f"offer:{offer.id}", by=by, reason=reason,
        version=version.version, changes=sorted(changed),
    )  # fmt: skip
    if until is not None:
        jobs.defer(session, ASK_JOB, offer_id=offer.id, terms_id=version.id, after=0)
    return offer


def changes(present: OfferTerms, terms: Terms) -> set[str]:
    """The names of what new terms say differently."""
    old, new = terms_of(present).columns(), terms.columns()
    return {name for name in new if old[name] != new[name]}


def reconfirm_until(session: Session, terms: OfferTerms) -> datetime:
    """Until when pledges are confirmed again if the terms changed now: the end of that day in the law's zone."""
    law = law_of(session, terms)
    zone = ZoneInfo(law.zone if law is not None else terms.zone)
    today = clock.today(zone)
    if law is not None and "material_change" in law.values:
        last = datetime.fromisoformat(str(reconfirmation(law, today, today).answers["until"])).date()
    else:
        last = after_business_days(today, RECONFIRM_BUSINESS_DAYS)
    return datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)


def ask_to_reconfirm(session: Session, offer_id: int, terms_id: int, after: int) -> None:
    """Write to the next supporters that the terms changed, then go on with those after them."""
    offer, version = session.get_one(Offer, offer_id), session.get_one(OfferTerms, terms_id)
    assert version.reconfirm_by is not None, "only such a version asks"
    if offer.terms_id != terms_id:
        return
    pledges = session.scalars(
        select(Pledge)
        .where(
            Pledge.offer_id == offer_id,
            Pledge.state == PledgeState.CONFIRMED,
            Pledge.terms_id < terms_id,
            Pledge.id > after,
        )
        .order_by(Pledge.id)
        .limit(BATCH)
    ).all()
    for pledge in pledges:
        write(
            session, "terms-changed", pledge.email, pledge.language, person_id=pledge.person_id,
            offer_title=version.title, reason=version.change_reason, until=version.reconfirm_by.isoformat(),
            zone=version.zone, path=f"/pledges/{pledge.public_id}/reconfirmation",
        )  # fmt: skip
    if len(pledges) == BATCH:
        jobs.defer(session, ASK_JOB, offer_id=offer_id, terms_id=terms_id, after=pledges[-1].id)


def _refuse(offer: Offer, changed: set[str]) -> None:
    if not changed:
        raise NothingChanges
    for name, what in LASTING.items():
        if name in changed:
            raise CannotChange(what=_What(what))
    until = offer.terms.reconfirm_by
    if until is not None and clock.now() < until:
        raise NotPledgedYet(until=until)


def _perform(session: Session, payload: dict[str, Any], by: int) -> None:
    offer = locked_offer(session, payload["offer"])
    if offer.terms.version != payload["of_version"]:
        raise TermsMoved
    change_terms(session, offer.slug, terms_from(payload["terms"]), by=by, reason=payload["reason"])


class _What(Refusal):
    """A word inside a refusal, said in the reader's language."""

    def __init__(self, message: str) -> None:
        self.message = message  # type: ignore[misc]  # each word is its own message
        super().__init__()


def _changes(told: Told) -> Words:
    offer, of_version = told.payload["offer"], told.payload["of_version"]
    wanted = select(OfferTerms).join(Offer, Offer.id == OfferTerms.offer_id)
    before = told.session.scalars(wanted.where(Offer.slug == offer, OfferTerms.version == of_version)).one()
    changed = compared(before, OfferTerms(**terms_from(told.value).columns()), told.lang)
    return [f"{told.label(name)}: {told.label(old)} → {told.label(new)}" for name, old, new in changed]


register(
    TwoPersonAct(
        CHANGE,
        N_("Change the terms of an open offer"),
        ROLES,
        _perform,
        values=(Value("terms", N_("What changes"), _changes),),
        unsaid=("offer", "of_version", "changes"),
    )
)
