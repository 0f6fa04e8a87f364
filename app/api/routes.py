"""The API as a whole: every operation, its description as OpenAPI, and a page that lists them for people."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response

from app.api import describing
from app.api.access import operations
from app.api.applications.routes import router as applications
from app.api.approvals.routes import router as approvals
from app.api.ballotdesk.routes import router as ballot_desk
from app.api.ballotdrafts.routes import router as ballot_drafts
from app.api.ballotfiles.routes import router as ballot_files
from app.api.ballots.routes import router as ballots
from app.api.bank.routes import router as bank
from app.api.banklines.routes import router as bank_lines
from app.api.batches.routes import router as batches
from app.api.books.routes import router as books
from app.api.campaigns.routes import router as campaigns
from app.api.charges.routes import router as charges
from app.api.closing.routes import router as closing
from app.api.consents.routes import router as consents
from app.api.conversions.leaving.routes import router as leaving
from app.api.conversions.papers.routes import router as conversion_papers
from app.api.conversions.routes import router as conversions
from app.api.delegations.routes import router as delegations
from app.api.disputes.routes import router as disputes
from app.api.distributions.routes import router as distributions
from app.api.documents.routes import router as documents
from app.api.drafts.routes import router as drafts
from app.api.extracts.routes import router as extracts
from app.api.filed.routes import router as filed
from app.api.meetings.routes import router as meetings
from app.api.members.routes import router as members
from app.api.motions.routes import router as motions
from app.api.offers.routes import router as offers
from app.api.officers.routes import router as officers
from app.api.ownbank.routes import router as ownbank
from app.api.ownmembership.routes import router as ownmembership
from app.api.ownrecord.routes import router as ownrecord
from app.api.ownshares.routes import router as ownshares
from app.api.payments.routes import router as payments
from app.api.payouts.routes import router as payouts
from app.api.people.merges.routes import router as merges
from app.api.people.routes import router as people
from app.api.people.standing.routes import router as standing
from app.api.pledgedesk.routes import router as pledgedesk
from app.api.pledges.reconfirming.routes import router as reconfirming
from app.api.pledges.routes import router as pledges
from app.api.privacy.routes import router as privacy
from app.api.proxies.routes import router as proxies
from app.api.registers.routes import router as registers
from app.api.roles.routes import router as roles
from app.api.sessions.routes import router as sessions
from app.api.shares.routes import router as shares
from app.api.solidarity.routes import router as solidarity
from app.api.tellers.routes import router as tellers
from app.api.verifying.routes import router as verifying
from app.web.pages import page

api = APIRouter()
"""Every operation that takes a token."""

for _router in (
    registers,
    roles,
    privacy,
    offers,
    campaigns,
    charges,
    solidarity,
    closing,
    pledges,
    reconfirming,
    documents,
    filed,
    ownshares,
    shares,
    members,
    ownmembership,
    ownrecord,
    merges,
    people,
    officers,
    extracts,
    pledgedesk,
    verifying,
    ownbank,
    consents,
    sessions,
    standing,
    applications,
    payments,
    bank,
    bank_lines,
    payouts,
    disputes,
    distributions,
    drafts,
    batches,
    approvals,
    conversions,
    conversion_papers,
    leaving,
    ballots,
    ballot_desk,
    ballot_files,
    ballot_drafts,
    tellers,
    meetings,
    delegations,
    proxies,
    motions,
    books,
):
    api.include_router(_router)

router = APIRouter()
router.include_router(api)


@router.get("/api/v1/openapi.json")
def describe() -> Response:
    """The description of the API; `costake openapi` prints the same."""
    return JSONResponse(openapi())


@router.get("/api")
def show_api(request: Request) -> Response:
    """The operations, for people."""
    listed = [(tag["name"], tag["description"], list(_operations_of(tag["name"]))) for tag in openapi()["tags"]]
    return page(request, "api/index.html", listed=listed)


@cache
def openapi() -> dict[str, Any]:
    """The description of the API as OpenAPI 3.1."""
    needed = {
        (method, path): (needs.scope.value if needs.scope else None, [role.value for role in needs.roles])
        for method, path, _, needs in operations(api.routes)
        if needs is not None
    }
    document = get_openapi(
        title=describing.TITLE, version=describing.VERSION, description=describing.ABOUT, routes=api.routes
    )
    return describing.complete(document, dict(needed))


def _operations_of(tag: str) -> Any:
    for path, item in openapi()["paths"].items():
        for method, operation in item.items():
            if tag in operation["tags"]:
                yield method.upper(), path, operation
