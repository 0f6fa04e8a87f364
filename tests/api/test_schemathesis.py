"""The API's own description turned into requests: whatever is sent, whoever sends it, the answer is a described one.

A few requests for each operation and whoever may ask for it, one for whoever may not; always the same ones. For a
longer run with other requests: `COSTAKE_FUZZ_EXAMPLES=200 scripts/test tests/api/test_schemathesis.py`.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.python.asgi import get_client
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.exports.registers.asking import Wanted
from app.exports.registers.making import ask_for_export
from app.members.models import Person, RoleGrant
from app.members.offices.appointing import Office
from app.members.offices.appointing import appoint as enter_office
from app.members.people.applying import apply
from app.members.people.kinds import Capacity
from app.members.people.representing import appoint
from app.members.roles import grant_role
from app.members.signin.sessions import open_session
from app.offers.models import Pledge
from app.offers.public.asking import ask as ask_question
from app.offers.result.proposing import propose_cancellation
from app.payments.models import Refund
from app.payments.payouts.models import Payout
from app.privacy.erasing import ask_for_erasure
from app.privacy.filing import ask_for_file
from tests import make
from tests.api.conftest import token_for
from tests.distributions.making import declare, patronage
from tests.distributions.making import draft as distribution_draft
from tests.distributions.making import file as distribution_file

LONGER = os.environ.get("COSTAKE_FUZZ_EXAMPLES")
EXAMPLES = int(LONGER or 3)
pytestmark = pytest.mark.long
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
INSIDES = (b"Traceback", b"site-packages", b'File "', b"psycopg", b"sqlalchemy", b"pydantic")
PEOPLE: dict[str, tuple[str, ...]] = {
    "nobody": (),
    "maya": (),
    "organizer": ("organizer",),
    "treasurer": ("treasurer", "secretary", "teller"),
    "auditor": ("auditor",),
}
"""Who asks, with the roles that they have."""


def begun() -> dict[str, object]:
    """A house in which something happened; the path parameters that name what there is."""
    with transaction() as session:
        make.succeeded_offer(session, "done")
        make.open_offer(session)
        for who, (role, *others) in ((who, roles) for who, roles in PEOPLE.items() if roles):
            hired = make.staff(session, role)
            assert hired.email == f"{who}@example.org"
            for other in others:
                grant_role(session, hired, other, by=None, reason="elected too")
        mine = make.pledge(session)
        make.pay(session, mine.request, mine.amount + make.usd(1))
        make.draft(session, "later")
        applying = apply(session, make.person(session, "wants@example.org", "Who Wants In"), "I use it daily.", by=None)
        make.open_offer(session, "given-up")
        organizer = session.scalars(select(Person).where(Person.email == "organizer@example.org")).one()
        proposal = propose_cancellation(session, "given-up", by=organizer, reason="the seller withdrew")
        erasure = ask_for_erasure(session, organizer, by=organizer, reason="tried")
        file = ask_for_file(session, session.get_one(Person, mine.person_id))
        wants = applying.person
        officer = enter_office(session, wants, Office.CHAIR, entered_on=clock.today(), reason="elected", by=None)
        open_session(session, session.get_one(Person, mine.person_id))
        acting = appoint(session, organizer, wants, Capacity.AGENT, basis="letter", valid_from=clock.today(), by=None)
        work = patronage(pools=(("work", 1),)), distribution_file("1,work,1", "2,work,2")
        made = {
            "distribution_id": declare(session, *work).id,
            "draft_id": distribution_draft(session, *work).id,
            "application_id": applying.id,
            "proposal_id": proposal.id,
            "officer_id": officer.id,
            "public_id": file.public_id,
            "export_id": ask_for_export(session, Wanted("members", clock.today()), "csv", language="en").public_id,
            "request_id": erasure.id,
            "person_id": wants.id,
            "representation_id": acting.id,
            "question_id": ask_question(session, mine.offer, organizer, "Who decides?", "asked once").id,
            "payout_id": session.scalars(select(Payout.id)).first(),
        }
    with transaction() as session:
        return made | {
            "slug": "buy-it",
            "pledge_id": session.scalars(select(Pledge.public_id).where(Pledge.offer_id == mine.offer_id)).one(),
            "number": 1,
            "record": 1,
            "elector_id": 1,
            "proxy_id": 1,
            "withdrawal_id": 1,
            "act_id": 1,
            "motion_id": 1,
            "merge_id": 1,
            "session_id": 1,
            "run_id": 1,
            "upload_id": 1,
            "gift_id": "none",
            "delegation_id": 1,
            "item_id": 1,
            "line_id": 1,
            "dispute_id": 1,
            "batch_id": 1,
            "order_id": 1,
            "redemption_id": 1,
            "purpose": "news",
            "code": "nothing",
            "way": "pay",
            "kind": "conversion-plan",
            "refund_id": session.scalars(select(Refund.id)).first(),
            "grant_id": session.scalars(select(RoleGrant.id)).first(),
        }


def requests_for(operation: schemathesis.APIOperation, known: dict[str, object]) -> st.SearchStrategy:
    """Good and bad requests, to what there is and to what there is not."""
    named = {each.name: known[each.name] for each in operation.path_parameters}
    kinds = [operation.as_strategy(GenerationMode.POSITIVE), operation.as_strategy(GenerationMode.NEGATIVE)]
    if named:
        kinds += [operation.as_strategy(mode, path_parameters=named) for mode in GenerationMode]
    return st.one_of(kinds)


def ask(operation: schemathesis.APIOperation, known: dict[str, object], client, who: str, token: str | None) -> None:
    """Send an operation's requests and compare every answer with its description."""
    wanted, closed = operation.definition.raw["x-roles"], token is None and operation.definition.raw["security"]
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    is_in = not closed and (not wanted or set(wanted) & {*PEOPLE[who], "member"})

    @settings(
        max_examples=EXAMPLES if is_in else 1,
        derandomize=not LONGER,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=requests_for(operation, known))
    def answered_as_described(case):
        answer = case.call(session=client, headers=headers)
        case.validate_response(answer, checks=CHECKS)
        assert not any(inside in answer.content for inside in INSIDES)
        if closed:
            assert answer.status_code >= 400

    answered_as_described()


@pytest.mark.parametrize("who", PEOPLE)
def test_whatever_is_sent_the_answer_is_a_described_one(database, who):
    from app.main import app

    known = begun()
    token = None if who == "nobody" else token_for(f"{who}@example.org")
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    with get_client(schema.app) as client:
        for found in schema.get_all_operations():
            ask(found.ok(), known, client, who, token)
