"""What is one's own over the API: name, contacts, bank details, consents, extracts and sessions; nobody else's."""

from datetime import timedelta

from app.core import clock
from app.core.database import reading, transaction
from app.members.people.bank.recording import bank_account_of
from app.members.persons import find_person
from app.members.signin.sessions import open_session
from tests import make
from tests.api.conftest import problem

PARIS = {"street_lines": ["5 rue de la Paix"], "postal_code": "75002", "locality": "Paris", "country": "FR"}


def test_a_holder_moves_and_says_how_they_are_reached(program):
    with transaction() as session:
        make.member(session)
        other = make.person(session, "wei@example.org", "Wei Chen").id
    maya = program("maya@example.org")
    before = maya.get("/me/record").json()
    today = clock.today()
    later = (today + timedelta(days=30)).isoformat()
    moved = {"legal_name": "Maya Dubois", "address": PARIS, "valid_from": later}
    wrong = moved | {"address": PARIS | {"postal_code": "x"}}
    assert maya.post("/me/particulars", wrong, 422).json()["errors"][0]["field"] == "address.postal_code"
    maya.post("/me/particulars", moved | {"holder": other}, 404)
    maya.get(f"/me/record?holder={other}", 404)
    told = maya.post("/me/particulars", moved, key="moves").json()
    assert (told["legal_name"], told["address"]["locality"], told["valid_from"]) == ("Maya Dubois", "Paris", later)
    assert maya.post("/me/particulars", moved, key="moves").json() == told
    assert maya.get("/me/record").json() == before
    assert maya.get(f"/me/record?on={later}").json() == told

    reached = {"email": "Dubois@Example.org", "phone": "+33 6 12 34 56 78", "valid_from": today.isoformat()}
    refused = maya.post("/me/contacts", reached | {"phone": "12"}, 422)
    assert problem(refused) == "InvalidInput" and refused.json()["errors"][0]["name"] == "BadPhone"
    told = maya.post("/me/contacts", reached | {"purposes": ["notices"]}).json()
    assert told["phone"] == {"value": "+33612345678", "purposes": ["notices"], "valid_from": today.isoformat()}
    assert told["email"]["value"] == "dubois@example.org"
    assert maya.post("/me/contacts", reached | {"email": None, "phone": ""}).json()["phone"] is None


def test_a_holder_says_where_money_is_sent_and_for_whom_they_act(program):
    with transaction() as session:
        other = make.person(session, "wei@example.org", "Wei Chen").id
    maya = program("maya@example.org")
    maya.get("/me/bank", 404)
    account = {"scheme": "iban", "holder_name": "Maya Whitfield", "number": "DE89 3704 0044 0532 0130 00"}
    wrong = maya.post("/me/bank", account | {"number": "DE88 3704 0044 0532 0130 00"}, 422)
    assert [(each["field"], each["name"]) for each in wrong.json()["errors"]] == [("number", "NotAnIban")]
    maya.post("/me/bank", account | {"holder": other}, 404)
    told = maya.post("/me/bank", account, key="bank").json()
    assert maya.post("/me/bank", account, key="bank").json() == maya.get("/me/bank").json() == told
    assert told["number"] == "•••• 3000" and told["usable_from"] > told["recorded_at"]
    with reading() as session:
        known = bank_account_of(session, find_person(session, "maya@example.org").id)
        assert known is not None and known.account.number == "DE89370400440532013000"
    maya.post("/me/bank/removal", {"holder": other}, 404)
    maya.post("/me/bank/removal", {})
    assert problem(maya.post("/me/bank/removal", {}, 404)) == "NoBankDetails"


def test_a_holder_consents_gets_an_extract_and_signs_out_elsewhere(program):
    maya, wei = program("maya@example.org"), program("wei@example.org")
    news = next(each for each in maya.every("/me/consents?limit=1") if each["purpose"] == "news")
    assert (news["given"], news["answered_at"]) == (False, None)
    assert problem(maya.post("/me/consents/news", {"text_version": 99}, 409)) == "OtherWords"
    assert maya.post("/me/consents/news", {"text_version": news["text_version"]}).json()["given"]
    assert problem(maya.post("/me/consents/news", {"text_version": news["text_version"]}, 409)) == "NothingToChange"
    assert maya.post("/me/consents/news/withdrawal", None).json()["given"] is False

    today = clock.today().isoformat()
    asked = {"since": today, "as_of": today, "purpose": "for my bank"}
    maya.post("/me/extracts", asked, 404)
    with transaction() as session:
        make.member(session)
        [first, second, third] = [
            open_session(session, find_person(session, f"{who}@example.org")) for who in ("maya", "maya", "wei")
        ]
    assert first != second != third
    ahead = asked | {"as_of": (clock.today() + timedelta(days=2)).isoformat()}
    assert problem(maya.post("/me/extracts", ahead, 422)) == "DaysReversed"
    extract = maya.post("/me/extracts", asked, 201, key="one").json()
    assert maya.post("/me/extracts", asked, 201, key="one").json() == extract
    assert extract["number"] in [each["number"] for each in maya.every("/documents")]

    [newer, older] = maya.every("/me/sessions?limit=1")
    [others] = wei.every("/me/sessions")
    assert problem(maya.post(f"/me/sessions/{others['id']}/end", None, 404)) == "NoSuchSession"
    assert maya.post(f"/me/sessions/{older['id']}/end", None).json() == {"ended": 1}
    assert maya.every("/me/sessions") == [newer]
    assert maya.post("/me/sessions/end", None).json() == {"ended": 1}
    assert wei.every("/me/sessions") == [others]
