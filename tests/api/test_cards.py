"""Cards over the API: a dispute is answered once, a refund goes back to the card, a run is proposed and ended."""

from app.core.database import transaction
from app.payments.cards.running.preparing import earliest, runs_of
from tests import make
from tests.api.conftest import problem
from tests.payments.cards.conftest import cards, double  # noqa: F401
from tests.payments.cards.runs_made import PURPOSE, SavedCards, announce, collecting_offer
from tests.payments.cards.test_evidence import disputed
from tests.payments.cards.test_returning import due

OFFER = f"/offers/{make.SLUG}"
WHY = {"reason": "as resolved"}


def test_a_dispute_is_answered_once_over_the_api(cards, program):  # noqa: F811
    disputed(cards)
    treasurer, auditor = program("treasurer@example.org"), program("auditor")
    [found] = auditor.every("/disputes")
    place = f"/disputes/{found['id']}"
    assert (found["bundle"], found["sent"]) == (None, False)
    assert problem(treasurer.post(f"{place}/submission", None, 409)) == "NoBundle"
    auditor.post(f"{place}/bundle", {"statement": "Ten shares."}, 403)
    treasurer.post(f"{place}/bundle", {"statement": " "}, 422)
    made = treasurer.post(f"{place}/bundle", {"statement": "Ten shares were bought."}).json()
    assert made["bundle"] is not None and made["sent"] is False
    assert treasurer.post(f"{place}/submission", None).json()["sent"] is True
    treasurer.post(f"{place}/submission", None, 409)
    treasurer.post("/disputes/99/bundle", {"statement": "Ten shares."}, 404)
    assert auditor.every("/processor-items") == []
    treasurer.post("/processor-items/99/note", {"note": "seen"}, 404)


def test_a_charge_run_is_proposed_paused_resumed_and_ended(program, database):
    organizer, treasurer, auditor = program("organizer"), program("treasurer"), program("auditor")
    with transaction() as session:
        collecting_offer(session, SavedCards(None), ["pm_card_visa"] * 2)
        day = earliest(session, PURPOSE).isoformat()
    assert auditor.every(f"{OFFER}/charge-runs") == []
    wanted = WHY | {"charge_on": day}
    auditor.post(f"{OFFER}/charge-runs/proposals", wanted, 403)
    assert (
        problem(organizer.post(f"{OFFER}/charge-runs/proposals", wanted | {"charge_on": "2020-01-01"}, 422))
        == "TooSoon"
    )
    proposal = organizer.post(f"{OFFER}/charge-runs/proposals", wanted, 201).json()
    treasurer.post(f"/approvals/{proposal['id']}/approval", WHY)
    [run] = auditor.every(f"{OFFER}/charge-runs")
    assert (run["charge_on"], run["total"]) == (day, 2)
    place = f"{OFFER}/charge-runs/{run['id']}"
    assert problem(organizer.post(f"{place}/pause", WHY, 409)) == "NotCharging"
    with transaction() as session:
        announce(session, runs_of(session, PURPOSE)[0])
    assert organizer.post(f"{place}/pause", WHY).json()["state"] == "paused"
    organizer.post(f"{place}/pause", WHY, 409)
    organizer.post(f"{OFFER}/charge-runs/99/pause", WHY, 404)
    assert organizer.post(f"{place}/resumption", WHY).json()["state"] != "paused"
    assert organizer.post(f"{place}/end", WHY).json()["state"] == "ended"
    assert problem(organizer.post(f"{OFFER}/card-refunds/proposals", WHY, 409))


def test_a_refund_goes_back_to_the_card_alone_or_by_two(cards, program):  # noqa: F811
    refund = due(cards)
    treasurer, auditor = program("treasurer"), program("auditor")
    auditor.post(f"/refunds/{refund}/card", WHY, 403)
    told = treasurer.post(f"/refunds/{refund}/card", WHY).json()
    assert told["sending"] or told["proposal"]
    treasurer.post("/refunds/99/card", WHY, 404)
