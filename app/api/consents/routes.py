"""The caller's consents over the API: each in its present words, given and taken back."""

from fastapi import APIRouter, Request

from app.api.access import ApiRoute, Once, ReadsPrivacy, WritesPrivacy
from app.api.consents.shapes import ConsentGiven, ConsentTaken, consent_given
from app.core.errors import N_
from app.privacy.consenting import Purpose, give_consent, withdraw_consent
from app.web.database import Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/me/consents", route_class=ApiRoute, tags=["Privacy"])


@router.get("", operation_id="listConsents", summary=N_("List what you may consent to"))
def list_consents(request: Request, caller: ReadsPrivacy, session: Snapshot, paging: Pages) -> Listed[ConsentGiven]:
    """Every purpose for which consent is asked, and whether the caller agrees now."""
    language, after = language_of(request), (paging.after() or [""])[0]
    purposes = sorted(purpose for purpose in Purpose if purpose > after)
    return paging.listed(
        purposes[: paging.limit + 1],
        lambda purpose: [purpose],
        lambda purpose: consent_given(session, caller.person_id, purpose, language),
    )


@router.post("/{purpose}", operation_id="giveConsent", summary=N_("Give consent"))
def give(
    request: Request, caller: WritesPrivacy, session: Once, purpose: Purpose, wanted: ConsentTaken
) -> ConsentGiven:
    """Agree to a purpose in its present words, which the person has read."""
    wanted.check(purpose)
    give_consent(session, caller.person(session), purpose, language_of(request))
    return consent_given(session, caller.person_id, purpose, language_of(request))


@router.post("/{purpose}/withdrawal", operation_id="withdrawConsent", summary=N_("Withdraw consent"))
def withdraw(request: Request, caller: WritesPrivacy, session: Once, purpose: Purpose) -> ConsentGiven:
    """Take consent back: as easy as giving it."""
    withdraw_consent(session, caller.person(session), purpose, language_of(request))
    return consent_given(session, caller.person_id, purpose, language_of(request))
