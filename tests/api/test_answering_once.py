"""Idempotency keys: a request that is sent again gets the same answer and acts once, also at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.database import reading, transaction
from app.members.apitokens.answering import forget_answers
from app.members.apitokens.models import ApiAnswer
from app.offers.models import Offer, Pledge
from app.payments.models import Receipt
from tests import make
from tests.api.conftest import declared, problem, terms


def count(of) -> int:
    with reading() as session:
        return session.execute(select(func.count()).select_from(of)).scalar_one()


def paid(reference: str, number: int = 1) -> dict:
    return {
        "reference": reference,
        "amount": {"minor": 100, "currency": "USD"},
        "received_on": clock.today().isoformat(),
        "payer_name": "Maya",
        "bank_reference": f"LINE {number}",
    }


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(program):
    organizer = program("organizer")
    first = organizer.post("/offers", {"slug": "one", **terms()}, 201, key="a")
    assert "idempotent-replayed" not in first.headers
    again = organizer.post("/offers", {"slug": "one", **terms()}, 201, key="a")
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.content, again.headers["content-type"]) == (first.content, first.headers["content-type"])
    assert count(Offer) == 1
    other = program("organizer")  # another token of the same person has keys of its own
    assert problem(other.post("/offers", {"slug": "one", **terms()}, 409, key="a")) == "SlugTaken"


def test_the_key_of_another_request_is_refused(program):
    organizer = program("organizer")
    organizer.post("/offers", {"slug": "one", **terms()}, 201, key="a")
    assert problem(organizer.post("/offers", {"slug": "two", **terms()}, 422, key="a")) == "KeyUsedOtherwise"
    assert problem(organizer.post("/offers/one/opening", {"reason": "x"}, 422, key="a")) == "KeyUsedOtherwise"
    assert count(Offer) == 1


def test_a_post_without_a_usable_key_is_refused(program):
    organizer = program("organizer")
    for key in ("", "   ", "x" * 201, "caf\u00e9"):
        headers = {"Idempotency_Key": key.encode("latin-1")} if key else {}
        answer = organizer.post("/offers", {"slug": "one", **terms()}, 400, key="", **headers)
        assert problem(answer) == "KeyMissing"
    assert count(Offer) == 0


def test_a_refused_request_leaves_its_key_free(program):
    organizer = program("organizer")
    organizer.post("/offers", {"slug": "one"}, 422, key="a")
    organizer.post("/offers/nowhere/opening", {"reason": "x"}, 404, key="a")
    organizer.post("/offers", {"slug": "one", **terms()}, 201, key="a")
    assert count(ApiAnswer) == 1


def test_a_request_sent_many_times_at_once_acts_once(program):
    with transaction() as session:
        make.open_offer(session)
        pledge = make.pledge(session)
        reference = pledge.request.reference
    treasurer = program("treasurer")
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: treasurer.post("/receipts", paid(reference), 201, key="a"), range(8)))
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert count(Receipt) == 1

    supporter = program("someone@example.org")
    with ThreadPoolExecutor(4) as threads:
        sent = declared(email="new@example.org")
        list(threads.map(lambda _: supporter.post("/offers/buy-it/pledges", sent, 202, key="p"), range(4)))
    assert count(Pledge) == 2


def test_an_answer_is_not_given_again_to_whoever_lost_the_role(program):
    from app.members.roles import end_role, standing_grants

    organizer = program("organizer")
    organizer.post("/offers", {"slug": "one", **terms()}, 201, key="a")
    with transaction() as session:
        [grant] = standing_grants(session)
        end_role(session, grant.id, by=None, reason="over")
    assert problem(organizer.post("/offers", {"slug": "one", **terms()}, 403, key="a")) == "NotAllowed"


def test_answers_are_kept_for_two_days(program):
    program("organizer").post("/offers", {"slug": "one", **terms()}, 201, key="a")
    for age, left in ((timedelta(hours=47), 1), (timedelta(hours=49), 0)):
        with clock.at(clock.now() + age), transaction() as session:
            forget_answers(session)
        assert count(ApiAnswer) == left


def test_an_answer_that_cannot_be_kept_undoes_the_act(program, monkeypatch):
    from app.members.apitokens import answering

    organizer = program("organizer")

    def broken(*arguments):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(answering, "keep_answer", broken)
    answer = organizer.post("/offers", {"slug": "one", **terms()}, 500, key="a")
    assert "disk" not in answer.text
    assert count(Offer) == 0
