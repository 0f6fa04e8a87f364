"""The web door: the application with every room's routes."""

import anyio
from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from sqlalchemy import text
from starlette.middleware import Middleware

from app.api.routes import router as api
from app.ballots.delegations.routes import router as delegations
from app.ballots.desk.counting.routes import router as ballots_counting
from app.ballots.desk.keys.routes import router as ballots_keys
from app.ballots.desk.routes import router as ballots_desk
from app.ballots.motions.desk.moderators.routes import router as moderators_desk
from app.ballots.motions.desk.routes import router as motions_desk
from app.ballots.motions.discussion.routes import router as discussions
from app.ballots.motions.routes import router as motions
from app.ballots.proxies.routes import router as proxies
from app.ballots.routes import router as ballots
from app.ballots.secret.box.routes import router as ballots_box
from app.ballots.secret.routes import router as ballots_secret
from app.conversion.after.routes import router as duties
from app.conversion.dissent.routes import router as exits
from app.conversion.exchange.routes import router as exchanges
from app.conversion.plan.routes import router as conversions
from app.conversion.structure.routes import router as structure
from app.core import logs
from app.core.database import engine
from app.core.logs import RequestLog
from app.distributions.routes import router as distributions
from app.documents.balloting.routes import router as ballot_documents
from app.documents.desk.routes import router as documents_desk
from app.documents.evidence.routes import router as evidence
from app.documents.routes import router as documents
from app.documents.signing.routes import router as signing_documents
from app.documents.verifying.routes import router as verifying
from app.exports.books.routes import router as books
from app.exports.captable.routes import router as cap_table
from app.exports.closing.routes import router as close_report
from app.exports.extracts.routes import router as extracts
from app.exports.filingpack.routes import router as filing_pack
from app.exports.inspection.routes import router as inspection
from app.exports.routes import router as exports
from app.exports.trail.routes import router as trail
from app.ledger.manual.routes import router as manual_entries
from app.letters.routes import router as letters
from app.members.access import know_viewer
from app.members.apitokens.routes import router as tokens
from app.members.approvals.routes import router as approvals
from app.members.offices.routes import router as officers
from app.members.people.bank.routes import router as bank
from app.members.people.desk.routes import router as people_desk
from app.members.people.record.routes import router as people_record
from app.members.people.routes import router as people
from app.members.posting.routes import router as posting
from app.members.routes import router as members
from app.members.signin.accounts.routes import router as outside_accounts
from app.members.signin.factors.routes import router as factors
from app.members.signin.platform.routes import router as platform
from app.members.signin.routes import router as security
from app.members.uploads.routes import router as uploads
from app.offers import documents as offer_documents  # noqa: F401  (says who may read the files of offers)
from app.offers.desk.charges.routes import router as offers_charges
from app.offers.desk.closing.routes import router as offers_closing
from app.offers.desk.documents.routes import router as offer_documents_desk
from app.offers.desk.funnel.routes import router as funnel_desk
from app.offers.desk.pledges.routes import router as pledges_desk
from app.offers.desk.reminders.routes import router as reminders_desk
from app.offers.desk.routes import router as offers_desk
from app.offers.paying.routes import router as paying
from app.offers.pledging.routes import router as pledging
from app.offers.pledging.solidarity.desk.routes import router as solidarity_desk
from app.offers.pledging.solidarity.routes import router as solidarity
from app.offers.public.desk.routes import router as offers_public_desk
from app.offers.public.routes import router as offers_public
from app.offers.terms.routes import router as offers_changed
from app.payments.cards.hearing.routes import router as processor
from app.payments.cards.identity.routes import router as identity
from app.payments.cards.payouts.routes import router as processor_payouts
from app.payments.cards.returning.routes import router as disputes
from app.payments.payouts.batches.routes import router as payment_batches
from app.payments.payouts.routes import router as payouts
from app.payments.routes import router as payments
from app.planner.routes import router as planner
from app.privacy.desk.routes import router as erasure
from app.privacy.routes import router as privacy
from app.reconciliation import urging  # noqa: F401  (nobody is urged while the bank is behind)
from app.reconciliation.closing.routes import router as closing
from app.reconciliation.mapping.routes import router as bank_tables
from app.reconciliation.routes import router as reconciliation
from app.reconciliation.treasury.routes import router as treasury
from app.shares.desk.routes import router as shares_desk
from app.shares.mine.routes import router as own_shares
from app.web import refusals
from app.web.breakage import Breakage
from app.web.headers import Guard
from app.web.language import LanguageSwitch
from app.web.origin import FromTheWeb
from app.web.parts import router as parts
from app.web.static import FOLDER, Static

HEALTH_SECONDS = 3

ROUTERS: list[APIRouter] = [
    offers_public,
    offers_public_desk,
    pledging,
    paying,
    offers_desk,
    offers_closing,
    offers_charges,
    solidarity,
    solidarity_desk,
    offers_changed,
    offer_documents_desk,
    pledges_desk,
    funnel_desk,
    reminders_desk,
    ballots_secret,
    proxies,
    delegations,
    ballots,
    ballots_desk,
    discussions,
    motions,
    moderators_desk,
    motions_desk,
    ballots_counting,
    ballot_documents,
    ballots_keys,
    ballots_box,
    payments,
    processor,
    identity,
    disputes,
    evidence,
    processor_payouts,
    payment_batches,
    payouts,
    bank_tables,
    reconciliation,
    closing,
    treasury,
    shares_desk,
    exchanges,
    exits,
    duties,
    conversions,
    structure,
    own_shares,
    distributions,
    documents,
    documents_desk,
    signing_documents,
    verifying,
    exports,
    extracts,
    books,
    manual_entries,
    close_report,
    cap_table,
    filing_pack,
    inspection,
    trail,
    privacy,
    erasure,
    planner,
    members,
    people,
    officers,
    bank,
    people_desk,
    people_record,
    posting,
    security,
    factors,
    outside_accounts,
    platform,
    approvals,
    tokens,
    uploads,
    api,
    letters,
    parts,
]
"""The routes of every room, in the order in which they are tried."""

house = APIRouter()


@house.get("/health")
async def health() -> JSONResponse:
    """Whether this process can serve: 200 with the database at hand, else 503."""
    with anyio.move_on_after(HEALTH_SECONDS):
        well = await anyio.to_thread.run_sync(_database_answers, abandon_on_cancel=True)
        return JSONResponse({"status": "ok" if well else "no database"}, 200 if well else 503)
    return JSONResponse({"status": "database does not answer"}, 503)


@house.get("/robots.txt")
def robots() -> PlainTextResponse:
    """Keep crawlers to the public pages."""
    private = ("/demo/", "/desk", "/me", "/pledges", "/sign-in", "/confirm", "/documents", "/verify/")
    return PlainTextResponse("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in private))


@house.get("/favicon.ico")
def favicon() -> Response:
    """The mark, for browsers that ask without being told where it is."""
    return FileResponse(FOLDER / "mark.svg", media_type="image/svg+xml")


def _database_answers() -> bool:
    try:
        with engine().connect() as connection:
            connection.execute(text("SET LOCAL statement_timeout = '2s'"))
            return bool(connection.execute(text("SELECT 1")).scalar_one() == 1)
    except Exception:  # whatever is wrong with it, the answer is no
        return False


def build() -> FastAPI:
    """The application: layers from outside in are hosts and headers, the log, the language, then the routes."""
    logs.configure()
    app = FastAPI(
        title="Costake",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(know_viewer)],
        redirect_slashes=False,
        middleware=[
            Middleware(FromTheWeb),
            Middleware(Guard),
            Middleware(RequestLog),
            Middleware(LanguageSwitch),
            Middleware(Breakage),
        ],
    )
    refusals.install(app, know_viewer)
    app.include_router(house)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", Static(), name="static")
    return app


app = build()
