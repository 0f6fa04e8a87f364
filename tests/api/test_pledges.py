"""Pledges over the API for whomever the page's form knows as a holder, with what the law asks before."""

from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.offers.models import Pledge
from app.offers.pledging import confirm_pledge
from app.offers.pledging.models import EntryTest, PledgeConsent
from app.worker import run_until_idle
from tests import make
from tests.api.conftest import declared, problem

ADDRESS = {
    "street_lines": ["1 Ocean Avenue"],
    "postal_code": "94612",
    "locality": "Oakland",
    "region": "CA",
    "country": "US",
}
COMPANY = {"kind": "company", "name": "Pearl Books Ltd", "registration_number": "2027", "acts_as": "director"}
HOLDERS = {
    "joint": ({"kind": "joint", "others": ["Wei Chen"]}, "joint holders", "Maya Whitfield & Wei Chen"),
    "company": (COMPANY | {"address": ADDRESS}, "company", "Pearl Books Ltd"),
    "minor": ({"kind": "minor", "name": "Noor Whitfield", "born_on": "2016-04-01"}, "minor", "Noor Whitfield"),
    "gift": ({"kind": "gift", "name": "Ana Silva", "address": ADDRESS}, "person", "Ana Silva"),
    "group": ({"kind": "group", "name": "The Tuesday club"}, "nominee", "Maya Whitfield (The Tuesday club)"),
}
WRONG = [
    ({"holder": {"kind": "joint", "others": ["maya  whitfield"]}}, "holder.others", "NamedTwice"),
    ({"holder": COMPANY}, "holder.address", "Missing"),
    (
        {"holder": COMPANY | {"address": ADDRESS | {"postal_code": "1"}}},
        "holder.address.postal_code",
        "WrongPostalCode",
    ),
    ({"holder": {"kind": "minor", "name": "Old", "born_on": "1990-04-01"}}, "holder.born_on", "OfAgeAlready"),
    ({"holder": {"kind": "gift", "name": "123", "address": ADDRESS}}, "holder.name", "NoLetters"),
    ({"holder": {"kind": "estate", "name": "x"}}, "holder", "WrongKind"),
    ({"address": ADDRESS | {"region": ""}}, "address.region", "RegionMissing"),
    ({"telephone": "12"}, "telephone", "BadPhone"),
    ({"declared": {"income": {"minor": 1, "currency": "USD"}}}, "declared", "NotAsked"),
    ({"asks_fund": True}, "asks_fund", "NotAsked"),
    ({"pay_by": "card"}, "pay_by", "WayNotOffered"),
]


def test_every_kind_of_holder_is_pledged_for_as_on_the_form(program):
    with transaction() as session:
        make.open_offer(session)
    supporter = program("someone@example.org")
    for changed, field, name in WRONG:
        answer = supporter.post("/offers/buy-it/pledges", declared(**changed), 422)
        assert [(each["field"], each["name"]) for each in answer.json()["errors"]] == [(field, name)], changed
    for number, (holder, _, _) in enumerate(HOLDERS.values()):
        sent = declared(holder=holder, email=f"maya{number}@example.org", shares=10, telephone="+1 303 555 0100")
        supporter.post("/offers/buy-it/pledges", sent, 202)
    with transaction() as session:
        for pledge in session.scalars(select(Pledge).order_by(Pledge.id)).all():
            confirm_pledge(session, make.link(pledge))
    listed = program("auditor").every("/offers/buy-it/pledges")
    assert [(each["holder_kind"], each["holder_name"]) for each in reversed(listed)] == [
        (kind, name) for _, kind, name in HOLDERS.values()
    ]
    [mine] = program("maya2@example.org").every("/pledges")
    assert (mine["holder_name"], mine["shares"]) == ("Noor Whitfield", 10)


def test_a_program_is_asked_what_the_law_asks(program):
    with transaction() as session:
        make.open_offer(session, law="eu-ecsp", currency="EUR", code="E", cap_cents=100_000 * 23_00)
    supporter, path = program("someone@example.org"), "/offers/buy-it/pledges"
    asked = supporter.post("/offers/buy-it/pledge-questions", {"shares": 100}).json()
    assert (asked["means_currency"], asked["must_declare"], asked["limit"]) == ("EUR", False, None)
    assert [each["what"] for each in asked["texts"]] == [
        "risks", "terms", "electronic-records", "above-warning-threshold",
    ]  # fmt: skip
    assert len(asked["questions"]) == 4
    hashes = [each["sha256"] for each in asked["texts"]]
    right = {"test_lose": "yes", "test_sell": "no", "test_guarantee": "no", "test_dividend": "no"}
    wrong = right | {"test_sell": "yes"}
    dollar, euro = ({"net_worth": {"minor": 1, "currency": code}} for code in ("USD", "EUR"))
    for changed, field, name in (
        ({"agreed": hashes}, "answers", "Missing"),
        ({"agreed": hashes[:-1], "answers": right}, "agreed", "TextMissing"),
        ({"agreed": hashes, "answers": wrong}, "agreed", "TextMissing"),
        ({"agreed": hashes, "answers": {"test_lose": "yes"}}, "answers.test_sell", "Missing"),
        ({"agreed": hashes, "declared": dollar}, "declared.net_worth", "CurrencyOfLaw"),
        ({"agreed": hashes, "declared": euro}, "declared.income", "Missing"),
    ):
        answer = supporter.post(path, declared(**changed), 422)
        assert (field, name) in [(each["field"], each["name"]) for each in answer.json()["errors"]], changed
    means = {name: {"minor": 500_000_00, "currency": "EUR"} for name in ("income", "net_worth")}
    rich = supporter.post("/offers/buy-it/pledge-questions", {"shares": 100, "declared": means}).json()
    assert "above-warning-threshold" not in [each["what"] for each in rich["texts"]]
    unsuitable = [*hashes, asked["if_unsuitable"]["sha256"]]
    supporter.post(path, declared(agreed=unsuitable, answers=wrong), 202)
    supporter.post(path, declared(agreed=unsuitable, answers=right, email="wei@example.org"), 202)
    with reading() as session:
        assert session.scalars(select(EntryTest.right_count).order_by(EntryTest.pledge_id)).all() == [3, 4]
        assert session.scalars(select(PledgeConsent.what)).all().count("not-suitable") == 1


def test_the_law_s_limit_holds_over_the_api(program):
    with transaction() as session:
        make.open_offer(session, law="us-regcf", person_shares_max=1_000, cap_cents=100_000 * 23_00)
    supporter = program("someone@example.org")
    answer = supporter.post("/offers/buy-it/pledges", declared(shares=200), 422)
    assert [(each["field"], each["name"]) for each in answer.json()["errors"]] == [("shares", "BeyondLawfulLimit")]
    means = {
        "income": {"minor": 90_000_00, "currency": "USD"},
        "net_worth": {"minor": 100_000_00, "currency": "USD"},
        "bought_12m": {"minor": 0, "currency": "USD"},
    }
    asked = supporter.post("/offers/buy-it/pledge-questions", {"shares": 200, "declared": means}).json()
    assert asked["limit"] == {"minor": 5_000_00, "currency": "USD"}
    supporter.post("/offers/buy-it/pledges", declared(shares=200, declared=means), 202)
    assert problem(supporter.post("/offers/nowhere/pledge-questions", {"shares": 1}, 404)) == "NotFound"


def test_the_desk_s_programs_note_on_pledges_import_them_and_remind(program):
    with transaction() as session:
        make.open_offer(session)
        make.draft(session, "another")
    organizer, auditor, supporter = program("organizer"), program("auditor"), program("maya@example.org")
    desk = "/offers/buy-it"
    header = "external_id,legal_name,email,shares,street,postal_code,locality,region,country"
    line = "P-{},Wei Chan,wei{}@example.org,{},1200 Adeline Street,94607,Oakland,CA,US"
    sheet = {"lines": "\n".join([header, line.format(1, 1, 20), line.format(2, 2, 1)])}
    auditor.post(f"{desk}/pledge-imports/previews", sheet, 403)
    checked = organizer.post(f"{desk}/pledge-imports/previews", sheet).json()
    assert (checked["new"], checked["shares"]) == (1, 20)
    assert [(each["line"], each["column"]) for each in checked["problems"]] == [(3, "shares")]
    assert problem(organizer.post(f"{desk}/pledge-imports", sheet, 422)) == "StillWrong"
    assert auditor.every(f"{desk}/pledges") == []
    sheet = {"lines": "\n".join([header, line.format(1, 1, 20), line.format(2, 2, 10)])}
    made = organizer.post(f"{desk}/pledge-imports", sheet, 201, key="once").json()
    assert organizer.post(f"{desk}/pledge-imports", sheet, 201, key="once").json() == made
    assert (made["new"], organizer.post(f"{desk}/pledge-imports", sheet, 201).json()["known"]) == (2, 2)

    one = f"{desk}/pledges/{auditor.every(f'{desk}/pledges')[0]['id']}"
    supporter.post(f"{one}/notes", {"note": "called"}, 403)
    auditor.post(f"{one}/notes", {"note": "called"}, 403)
    note = organizer.post(f"{one}/notes", {"note": "She called.\nTwice."}, 201).json()
    told = auditor.get(one).json()
    assert (told["notes"], note["written_by"], len(told["history"]) > 0) == ([note], "The organizer", True)
    organizer.get(one.replace("buy-it", "another"), 404)

    assert auditor.get(f"{desk}/reminders/confirm").json() == {
        "kind": "confirm",
        "reminded": 0,
        "others": {"too_new": 2},
        "refused": None,
    }
    said = {"reason": "the deadline nears"}
    assert problem(organizer.post(f"{desk}/reminders/confirm", said, 409)) == "NobodyToRemind"
    organizer.post(f"{desk}/reminders/else", said, 404)
    with clock.at(clock.now() + timedelta(days=3)):
        started = program("organizer").post(f"{desk}/reminders/confirm", said, 202).json()
        assert not run_until_idle()
        [run] = program("auditor").every(f"{desk}/reminders?limit=1")
    assert run == started | {"letters": 2}
