"""People at the desk over the API: entered, kept, admitted, buried and made one, as the pages do it."""

from datetime import date, timedelta

from app.core import clock
from app.core.database import reading, transaction
from app.members.people.sealing import Private, private_of
from tests import make
from tests.api.conftest import problem

LYON = {
    "street_lines": ["12 rue Chevreul"],
    "postal_code": "69007",
    "locality": "Lyon",
    "region": "",
    "country": "FR",
}
SAID = {"reason": "as it should be"}


def entry(name: str, **changed: object) -> dict[str, object]:
    """Somebody as a program enters them."""
    today = clock.today().isoformat()
    return {"legal_name": name, "address": LYON, "valid_from": today, "kind": "person", "email": None, **changed}


def fields(answer) -> list[str]:
    return [each["field"] for each in answer.json()["errors"]]


def test_people_are_entered_and_their_records_kept(program):
    secretary, auditor, treasurer = program("secretary"), program("auditor"), program("treasurer")
    wei = entry("Wei Chen", email="Wei@Example.org", language="fr")
    treasurer.post("/people", wei, 403)
    assert fields(secretary.post("/people", wei | {"address": LYON | {"postal_code": "x"}}, 422)) == [
        "address.postal_code"
    ]
    assert fields(secretary.post("/people", entry("Coop SA", kind="company"), 422)) == ["registration_number"]
    entered = secretary.post("/people", wei, 201, key="once").json()
    assert secretary.post("/people", wei, 201, key="once").json() == entered
    assert (entered["signs_in_by"], entered["record"]["address"]) == ("wei@example.org", LYON)
    assert problem(secretary.post("/people", wei, 409)) == "KnownAlready"
    company = secretary.post("/people", entry("Coop SA", kind="company", registration_number="552 081"), 201).json()
    assert [each["id"] for each in auditor.every("/people?text=coop&limit=1")] == [company["id"]]
    assert len(auditor.every("/people?limit=1")) == 5

    one, later = f"/people/{entered['id']}", clock.today() + timedelta(days=30)
    secretary.post(f"{one}/particulars", entry("Wei Chen-Roux", valid_from=later.isoformat()) | {"email": "x"}, 422)
    moved = {name: value for name, value in entry("Wei Chen-Roux").items() if name != "email"}
    secretary.post(f"{one}/particulars", moved | {"valid_from": later.isoformat(), "reason": "married"})
    assert auditor.get(one).json()["record"]["legal_name"] == "Wei Chen"
    assert auditor.get(f"{one}/record?on={later.isoformat()}").json()["legal_name"] == "Wei Chen-Roux"
    reached = {"email": None, "phone": "06 12 34 56 78", "valid_from": clock.today().isoformat()}
    assert fields(secretary.post(f"{one}/contacts", reached | {"phone": "12"}, 422)) == ["phone"]
    assert secretary.post(f"{one}/contacts", reached).json()["record"]["phone"]["value"] == "+33612345678"
    told = auditor.every(f"{one}/history?limit=1")
    assert told == auditor.get(f"{one}/history").json()["items"]
    assert [(each["on"], each["title"]) for each in told if "Wei" in each["parts"][0]] == [
        (later.isoformat(), "Name and address"),
        (clock.today().isoformat(), "Name and address"),
    ]
    assert {name for each in told for name in each["recorded_by"]} == {"The secretary"}
    private = {"born_on": "1990-04-03", "tax_number": "12 34 567"}
    secretary.post(f"{one}/private", {"born_on": "1990-04-03"}, 422)
    assert "12 34 567" not in secretary.post(f"{one}/private", private).text + auditor.get(one).text
    with reading() as session:
        assert private_of(session, entered["id"]) == Private(date(1990, 4, 3), "12 34 567")

    acting = {"email": "wei@example.org", "capacity": "officer", "basis": "extract", "valid_from": moved["valid_from"]}
    at = f"/people/{company['id']}/representatives"
    assert problem(secretary.post(at, acting | {"capacity": "guardian"}, 422)) == "WrongCapacity"
    assert problem(secretary.post(at, acting | {"email": "who@example.org"}, 404)) == "UnknownPerson"
    assert problem(secretary.post(at, acting | {"email": "secretary@example.org"}, 403)) == "OwnAppointment"
    [row] = secretary.post(at, acting, 201).json()["acted_for_by"]
    assert auditor.get(one).json()["acts_for"] == [row]
    assert problem(secretary.post(f"{one}/representatives/{row['id']}/end", SAID, 404)) == "NoSuchRepresentation"
    assert secretary.post(f"{at}/{row['id']}/end", SAID).json()["acted_for_by"] == []
    assert auditor.post(f"{at}/{row['id']}/end", SAID, 403) and secretary.get("/people/99999", 404)

    chair = {"person": entered["id"], "office": "chair", "entered_on": moved["valid_from"], "reason": "elected"}
    assert fields(secretary.post("/officers", chair | {"person": 99999}, 422)) == ["person"]
    assert fields(secretary.post("/officers", chair | {"office": "king"}, 422)) == ["office"]
    officer = secretary.post("/officers", chair, 201).json()
    assert problem(secretary.post("/officers", chair, 409)) == "OfficeHeld"
    assert auditor.every("/officers?limit=1") == [officer]
    leaves = {"left_on": moved["valid_from"], "reason": "resigned"}
    left = secretary.post(f"/officers/{officer['id']}/leaving", leaves).json()
    assert (left["left_on"], auditor.every("/officers")) == (moved["valid_from"], [left])
    assert problem(secretary.post(f"/officers/{officer['id']}/leaving", leaves, 409)) == "LeftAlready"


def test_who_is_entered_is_admitted_leaves_dies_and_is_found_twice(program):
    secretary, organizer = program("secretary"), program("organizer")
    wei = secretary.post("/people", entry("Wei Chen"), 201).json()["id"]
    one, today = f"/people/{wei}", clock.today()

    def agreed(answer) -> None:
        assert organizer.post(f"/approvals/{answer.json()['id']}/approval", SAID).json()["approved"]

    applied = secretary.post(f"{one}/application", {"statement": "I use it.\nDaily."}, 201).json()["id"]
    assert secretary.get(one).json()["application"] == applied
    seen = {"document": "passport", "issued_by": "FR", "seen_on": today.isoformat(), "reason": "seen"}
    assert fields(secretary.post(f"{one}/identity-proposals", seen | {"document": "letter"}, 422)) == ["document"]
    agreed(secretary.post(f"{one}/identity-proposals", seen, 201))
    organizer.post(f"/applications/{applied}/admission", SAID)
    member = secretary.get(one).json()
    assert (member["identity_checked"], member["application"], member["member_numbers"]) == (True, None, [1])
    day = {"since": today.isoformat(), "as_of": today.isoformat()}
    extract = day | {"purpose": "a loan", "profile": "uk", "name": "The Bank", "place": "Lyon"}
    assert problem(secretary.post("/members/1/extracts", extract | {"profile": "x"}, 422)) == "UnknownProfile"
    assert problem(organizer.post("/members/1/extracts", extract, 422)) == "AddressMissing"
    given = secretary.post("/members/1/extracts", extract | {"requested_address": "1 High Street"}, 201).json()
    assert given["kind"] == "register-extract" and secretary.get("/members/2", 404)
    erasure = {"email": "who@example.org", "reason": "letter"}
    assert problem(secretary.post("/erasures", erasure, 404)) == "UnknownPerson"
    asked = secretary.post("/erasures", erasure | {"email": "organizer@example.org"}, 201).json()
    assert (
        asked["granted"],
        problem(organizer.post("/erasures", erasure | {"email": "organizer@example.org"}, 409)),
    ) == (
        None,
        "AskedAlready",
    )
    heard = {"noticed_on": today.isoformat(), "decided_on": today.isoformat(), "grounds": "He sold\nit."}
    assert problem(secretary.post(f"{one}/expulsion-proposals", heard, 422)) == "NoHearing"
    days = [(today - timedelta(days=each)).isoformat() for each in (60, 30, 0)]
    heard |= dict(zip(("noticed_on", "heard_on", "decided_on"), days, strict=True))
    assert secretary.post(f"{one}/expulsion-proposals", heard, 201).json()["act"] == "member:expel"
    leaves = {"ceases_on": (today + timedelta(days=9)).isoformat(), "reason": "letter of today"}
    assert secretary.post(f"{one}/resignation", leaves, 201).json() == {
        "member_number": 1,
        "ceases_on": leaves["ceases_on"],
    }
    assert problem(secretary.post(f"{one}/resignation", leaves, 409)) == "EndsAlready"

    heir = {"legal_name": "Lin Chen", "portion": "1/1", "basis": "certificate"}
    assert problem(secretary.post(f"{one}/heirs", heir, 409)) == "NoEstate"
    dead = {"died_on": today.isoformat(), "basis": "certificate", "estate_name": "Estate of Wei Chen"}
    wrong = dead | {"estate_address": LYON | {"country": "XX"}}
    assert fields(secretary.post(f"{one}/death", wrong, 422)) == ["estate_address.country"]
    secretary.post(f"{one}/death", dead | {"estate_address": LYON}, 201)
    assert problem(secretary.post(f"{one}/heirs", heir | {"email": "who@example.org"}, 404)) == "UnknownPerson"
    assert secretary.post(f"{one}/heirs", heir, 201).json()["heirs"] == [heir]
    assert secretary.get(one).json()["kind"] == "estate"

    with transaction() as session:
        first, twin = make.person(session).id, make.person(session, "maya2@example.org").id
    [pair] = secretary.every("/people/duplicates?limit=1")
    assert (pair["person"], pair["other"], "same_name" in pair["reasons"]) == (first, twin, True)
    agreed(secretary.post(f"/people/{first}/merge-proposals", SAID | {"absorbed": twin}, 201))
    [merge] = secretary.get(f"/people/{twin}").json()["merges"]
    assert (merge["survivor"], merge["absorbed"]) == (first, twin)
    assert secretary.get(f"/people/{first}").json()["merges"] == [merge]
    undoing = f"merges/{merge['id']}/undoing-proposals"
    assert problem(secretary.post(f"{one}/{undoing}", SAID, 404)) == "NotMerged"
    agreed(secretary.post(f"/people/{first}/{undoing}", SAID, 201))
    assert secretary.get(f"/people/{twin}").json()["merged_into"] is None
