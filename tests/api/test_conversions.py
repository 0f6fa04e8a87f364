"""Conversions over the API: anyone follows the plan; the desk sees the dry run, and proposes it by its hash."""

from app.core import clock
from app.core.database import transaction
from app.law.plans.steps import Evidence
from app.worker import run_until_idle
from tests import make
from tests.api.conftest import problem
from tests.conversion.journey import Offered, begin, file, offered, organizer, say
from tests.conversion.making import exchange


def test_a_plan_is_followed_and_its_exchange_tried_and_proposed(program, client):
    today = clock.today("Europe/London")
    with transaction() as session:
        make.lot(session, make.member(session), 10)
        make.staff(session, "auditor")
        begin(session, "uk-company-to-society", "Flutter Society Limited")
        row = exchange(session)
        organizer(session)
    run_until_idle()
    with transaction() as session:
        say(session, "charter", on=today)
        file(session, "rules", on=today)
    everyone, desk, other = (
        program("maya@example.org"),
        program("organizer@example.org"),
        program("auditor@example.org"),
    )
    assert problem(desk.get("/conversions/become/dry-run", 404)) == "NotFound"
    with transaction() as session:
        offered(session, "caps", Offered(Evidence.DRY_RUN, today, exchange_id=row.id))
    plan = everyone.get("/conversions/become").json()
    assert everyone.every("/conversions") == [plan]
    assert (plan["met"], plan["law"], [step["key"] for step in plan["steps"] if step["next"]]) == (
        3, "uk-company-to-society", ["board"],
    )  # fmt: skip
    notice = next(step for step in plan["steps"] if step["key"] == "notice")
    assert notice["why"] == "This waits for: Board resolution."
    everyone.get("/conversions/become/dry-run", 403)
    tried = other.get("/conversions/become/dry-run").json()
    assert (tried["executed"], tried["holders"], tried["obstacles"]) == (False, 1, [])
    assert tried["totals"][0] | {"paid": 0, "new_paid": 0} == {
        "old_class": "A", "new_class": "C", "holders": 1, "shares": 10, "new_shares": 6, "paid": 0, "new_paid": 0,
        "cash": {"minor": 2300, "currency": "USD"}, "reserve": {"minor": 0, "currency": "USD"},
        "loan": {"minor": 0, "currency": "USD"},
    }  # fmt: skip
    wanted = {"sha256": "0" * 64, "reason": "as resolved"}
    assert problem(desk.post("/conversions/become/exchange-proposals", wanted, 409)) == "ListChanged"
    proposed = desk.post("/conversions/become/exchange-proposals", wanted | {"sha256": tried["sha256"]}, 201).json()
    assert (proposed["act"], proposed["may_decide"]) == ("exchange-of-shares", False)
    assert desk.get("/structure?entity=fr&calls=yes").json()["route"] == "fr-sa-scic"
    assert problem(desk.post("/conversions/become/answers", {"answers": {"colour": "blue"}}, 422)) == "UnknownQuestion"
    assert problem(desk.post("/conversions/become/answers", {"answers": {"assets": "much"}}, 422)) == "NotInShape"
    told = desk.post("/conversions/become/answers", {"answers": {"assets": "4600000"}}).json()
    assert next(each for each in told if each["key"] == "assets")["said"] == "4600000"
    assert problem(desk.post("/conversions/become/papers/conversion-plan", {}, 422)) == "FactsMissing"
    assert [each["number"] for each in desk.get("/conversions/become/papers").json()] == [None] * 3
    lines = {each["title"]: each["mark"] for each in other.get("/conversions/become/checklist").json()}
    assert (lines["Rules or statutes"], lines["Certificate of result"]) == ("draft", "missing")
    stands = other.get("/conversions/become/execution").json()
    assert (stands["state"], stands["sha256"], stands["executed_at"]) == ("reckoned", tried["sha256"], None)
    assert (everyone.get("/conversions/become/exit").json(), desk.get("/conversions/become/exit-offers").json()) == (
        [],
        [],
    )
    assert everyone.get("/conversions/become/duties").json() == []
    everyone.get("/conversions/become/answers", 403)
