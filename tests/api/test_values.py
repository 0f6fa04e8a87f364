"""Values: what cannot be read exactly is refused at its field, in the reader's language, and nothing is done."""

from sqlalchemy import func, select

from app.core.database import reading, transaction
from app.offers.models import Offer
from app.offers.pledging.models import PledgeConsent
from tests import make
from tests.api.conftest import declared, problem, terms


def offers() -> int:
    with reading() as session:
        return session.execute(select(func.count(Offer.id))).scalar_one()


WRONG_TERMS = [
    ({"price": {"minor": 2300.0, "currency": "USD"}}, "price.minor", "WrongKind"),
    ({"price": {"minor": True, "currency": "USD"}}, "price.minor", "WrongKind"),
    ({"price": {"minor": "2300", "currency": "USD"}}, "price.minor", "WrongKind"),
    ({"price": {"minor": -1, "currency": "USD"}}, "price.minor", "TooSmall"),
    ({"price": {"minor": 2**53, "currency": "USD"}}, "price.minor", "TooGreat"),
    ({"price": {"minor": 1, "currency": "XYZ"}}, "price.currency", "UnknownCurrency"),
    ({"price": 2300}, "price", "WrongKind"),
    ({"target": {"minor": 1, "currency": "EUR"}}, "body", "NotAChoice"),
    ({"person_shares_max": 2**52}, "body", "TooGreat"),
    ({"deadline_at": "2027-01-01"}, "deadline_at", "NotAMoment"),
    ({"deadline_at": "2027-01-01T17:00:00"}, "deadline_at", "NotAMoment"),
    ({"deadline_at": "2027-02-30T17:00:00Z"}, "deadline_at", "NotAMoment"),
    ({"deadline_at": "9999-12-31T23:59:59-23:59"}, "deadline_at", "NotAMoment"),
    ({"deadline_at": 1}, "deadline_at", "WrongKind"),
    ({"zone": "Mars/Base"}, "zone", "NotAChoice"),
    ({"title": "x" * 121}, "title", "TooManyCharacters"),
    ({"title": "two\nlines"}, "title", "ControlCharacters"),
    ({"title": "  "}, "title", "Missing"),
    ({"title": "nul\0"}, "title", "ControlCharacters"),
    ({"title": "\ud800"}, "title", "WrongKind"),
    ({"title": None}, "title", "WrongKind"),
    ({"state": "open"}, "state", "UnknownField"),
    ({"slug": "No Slug"}, "slug", "WrongKind"),
    ({"share_class": {"code": "A", "name": "x", "id": 1}}, "share_class.id", "UnknownField"),
]


def test_each_wrong_value_is_refused_at_its_field(program):
    organizer = program("organizer")
    for changed, field, name in WRONG_TERMS:
        answer = organizer.post("/offers", {"slug": "one", **terms(**changed)}, 422)
        told = [(error["field"], error["name"]) for error in answer.json()["errors"]]
        assert told == [(field, name)], changed
    assert offers() == 0


def test_every_problem_is_told_at_once_and_in_the_readers_language(program):
    organizer = program("organizer")
    answer = organizer.post("/offers", {"slug": "one", "title": ""}, 422, accept_language="fr")
    told = {error["field"]: error["detail"] for error in answer.json()["errors"]}
    assert {"title", "summary", "price", "account"} <= told.keys()
    assert told["title"] == "Veuillez remplir ce champ."
    assert answer.headers["content-language"] == "fr"
    assert organizer.get("/offers/x", 404, accept_language="fr").json()["detail"].startswith("Cette page")


WRONG_BODIES = [
    (b"{", "application/json", 400, "NotJson"),
    (b"\xff", "application/json", 400, "NotJson"),
    (b'{"reason": ' + b"9" * 5_000 + b"}", "application/json", 400, "NotJson"),
    (b'{"reason": NaN}', "application/json", 422, "InvalidInput"),
    (b"[]", "application/json; charset=utf-8", 422, "InvalidInput"),
    (b"", "application/json", 422, "InvalidInput"),
    (b"reason=x", "application/x-www-form-urlencoded", 415, "NotSentAsJson"),
    (b"{}", "text/plain", 415, "NotSentAsJson"),
    (b"{}", "", 415, "NotSentAsJson"),
    (b" " * 70_000, "application/json", 413, "BodyTooLong"),
]


def test_bodies_that_are_not_json(program, client):
    organizer = program("organizer")
    for body, kind, status, name in WRONG_BODIES:
        headers = {"Authorization": f"Bearer {organizer.token}", "Idempotency-Key": "a", "Content-Type": kind}
        answer = client.post("/api/v1/offers/x/opening", content=body, headers=headers)
        assert (answer.status_code, problem(answer)) == (status, name), answer.text


def test_what_is_not_offered_is_refused(program, client):
    maya = program("maya@example.org")
    assert problem(maya.get("/me", 406, accept="text/html")) == "NotOffered"
    assert problem(maya.get("/me", 406, accept="application/json;q=0")) == "NotOffered"
    maya.get("/me", accept="text/html, application/*;q=0.1")
    answer = client.delete("/api/v1/me", headers={"Authorization": f"Bearer {maya.token}"})
    assert (answer.status_code, answer.headers["allow"], problem(answer)) == (405, "GET", "WrongMethod")
    assert problem(maya.get("/nowhere", 404)) == "NotFound"
    assert problem(maya.get("/offers?cursor=%00", 400)) == "UnreadableAddress"
    assert problem(maya.get("/api/v2/me", 404)) == "NotFound"
    assert client.get("/api/v1/openapi.json?lang=fr").status_code == 200  # no cookie, no detour


WRONG_PLEDGES = [
    ({"shares": 9}, "shares", "TooFew"),
    ({"shares": 101}, "shares", "TooMany"),
    ({"shares": 0}, "shares", "TooSmall"),
    ({"email": "maya@"}, "email", "NotAnAddress"),
    ({"agreed": []}, "agreed", "TextMissing"),
    ({"agreed": ["0" * 64]}, "agreed", "UnknownText"),
    ({"language": "xx", "agreed": []}, "language", "NotAChoice"),
]


def test_a_pledge_obeys_the_rules_of_the_form(program):
    with transaction() as session:
        make.open_offer(session)
    supporter = program("someone@example.org")
    for changed, field, name in WRONG_PLEDGES:
        answer = supporter.post("/offers/buy-it/pledges", declared(**changed), 422)
        assert [(error["field"], error["name"]) for error in answer.json()["errors"]] == [(field, name)]
    texts = supporter.every("/offers/buy-it/texts?language=fr&limit=2")
    assert [each["what"] for each in texts] == ["risks", "terms", "electronic-records"]
    assert "perdre" in texts[0]["text"]
    french = declared(language="fr", agreed=[each["sha256"] for each in texts])
    supporter.post("/offers/buy-it/pledges", french, 202)
    with reading() as session:
        kept = session.scalars(select(PledgeConsent.text_sha256)).all()
        assert {each["sha256"] for each in texts} < set(kept)
    answer = supporter.post("/offers/buy-it/pledges", declared(terms_version=2), 409)
    assert problem(answer) == "TermsChanged"


def test_no_answer_is_kept_by_caches(program):
    answer = program("maya@example.org").get("/me")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
