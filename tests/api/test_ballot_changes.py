"""What is changed of a ballot over the API: terms, amendments, documents, the closing, the roll, a count, minutes."""

from base64 import b64encode
from datetime import timedelta

from app.core import clock
from app.core.database import transaction
from tests import make
from tests.api.conftest import problem
from tests.api.test_ballot_desk import BALLOT, DAY, DONE, ITEM, NOW, TERMS
from tests.ballots import halls
from tests.core.files import pdf as pdf_file

MEETING = {
    "slug": "agm-2027",
    "kind": "annual general meeting",
    "title": {"en": "The year"},
    "starts_at": (NOW + 6 * DAY).isoformat(),
    "zone": "UTC",
    "place": "The hall",
}


def test_a_ballot_at_a_meeting_is_changed_amended_and_followed_by_a_second_call(program):
    with transaction() as session:
        make.lot(session, make.member(session), 100)
        make.lot(session, make.member(session, "wei@example.org", "Wei Chen"), 300)
        teller = halls.staff(session, "teo").email
    organizer, maya = program("organizer"), program("maya@example.org")
    assert problem(organizer.post("/meetings", MEETING | {"place": ""}, 422)) == "NoPlace"
    maya.post("/meetings", MEETING, 403)
    planned = organizer.post("/meetings", MEETING, 201).json()
    assert organizer.every("/meetings") == [planned] and planned["title"] == "The year"
    maya.get("/meetings", 403)
    topic = organizer.post("/topics", {"name": {"en": "Fees", "fr": "Frais"}}, 201).json()
    assert problem(organizer.post("/topics", {"name": {"en": "fees"}}, 409)) == "TopicThere"
    assert maya.every("/topics") == [topic]

    organizer.post("/ballots", TERMS | {"meeting": planned["slug"]}, 201)
    changed = {name: value for name, value in TERMS.items() if name != "slug"} | {"topic_id": topic["id"]}
    wrong = organizer.post(f"{BALLOT}/terms", changed | {"topic_id": 99}, 422).json()
    assert [each["field"] for each in wrong["errors"]] == ["topic_id"]
    said = organizer.post(f"{BALLOT}/terms", changed | {"title": {"en": "Now or never"}}).json()
    assert (said["title"], said["meeting"]["place"]) == ("Now or never", "The hall")
    pdf = {"file_name": "plan.pdf", "file": b64encode(pdf_file()).decode()}
    assert problem(organizer.post(f"{BALLOT}/documents", pdf | {"file": b64encode(b"no").decode()}, 422)) == "WrongKind"
    kept = organizer.post(f"{BALLOT}/documents", pdf, 201).json()
    [item] = organizer.post(f"{BALLOT}/items", ITEM, 201).json()["items"]
    organizer.post(f"{BALLOT}/items", ITEM | {"title": {"en": "A second one"}}, 201)
    texts = {"title": {"en": "Conversion, at last"}, "text": ITEM["text"]}
    one, two = organizer.post(f"{BALLOT}/items/{item['item']}", texts).json()["items"]
    assert (one["title"], one["version"], two["title"]) == ("Conversion, at last", 2, "A second one")
    organizer.post(f"{BALLOT}/notice", DONE, 201)
    assert problem(organizer.post(f"{BALLOT}/documents", pdf, 409)) == "StateChanged"
    assert problem(organizer.post(f"{BALLOT}/items/{item['item']}", texts, 422)) == "ReasonMissing"
    amended = organizer.post(f"{BALLOT}/items/{item['item']}", texts | {"reason": "a slip"}).json()["items"]
    assert [each["version"] for each in amended] == [3, 1]
    left = organizer.post(f"{BALLOT}/items/{two['item']}/withdrawal", {"reason": "not ripe"}).json()["items"]
    assert [each["withdrawn"] for each in left] == [False, True]
    later = {"closes_at": (NOW + 9 * DAY + timedelta(hours=1)).isoformat(), "reason": "a holiday"}
    assert organizer.post(f"{BALLOT}/closing-time", later).json()["closes_at"] > TERMS["closes_at"]
    assert kept["sha256"] in {each["sha256"] for each in maya.get(BALLOT).json()["documents"]}
    assert problem(maya.post(f"{BALLOT}/objections", {"statement": "Late.", "item": 99}, 404)) == "NotFound"
    objection = maya.post(f"{BALLOT}/objections", {"statement": "The notice came late."}, 201).json()
    assert (objection["item"], objection["statement"]) == (None, "The notice came late.")

    with clock.at(NOW + 4 * DAY):
        teo = program(teller)
        teo.post(f"{BALLOT}/electorate", None)
        add = {"added": {"email": "wei@example.org", "weight": 5, "kind": "patron"}, "reason": "left out"}
        assert problem(teo.post(f"{BALLOT}/roll/corrections", {"reason": "nothing"}, 422)) == "InvalidInput"
        maya = program("maya@example.org")
        maya.post(f"{BALLOT}/roll/corrections", add, 403)
        line = maya.get(BALLOT).json()["electors"][0]["elector"]
        struck = teo.post(f"{BALLOT}/roll/corrections", {"struck": line, "reason": "she sold"}, 201).json()
        organizer = program("organizer")
        organizer.post(f"/approvals/{struck['id']}/approval", {"reason": "so it is"})
        assert maya.get(BALLOT).json()["electors"] == []
    with clock.at(NOW + 5 * DAY + timedelta(hours=1)):
        program("organizer").post(f"{BALLOT}/opening", DONE)
    with clock.at(NOW + 10 * DAY):
        teo = program(teller)
        teo.post(f"{BALLOT}/closing", DONE)
        counted = teo.post(f"{BALLOT}/count", {}, 201).json()
        assert counted["items"][0]["carried"] is False
        contested = teo.post(f"{BALLOT}/contest", {"reason": "a sheet is missing"}).json()
        assert contested["state"] == "objected to"
        teo.post(f"{BALLOT}/count", {}, 201)
        again = {
            "new_slug": "agm-2",
            "record_date": str((NOW + 12 * DAY).date()),
            "opens_at": (NOW + 14 * DAY).isoformat(),
            "closes_at": (NOW + 16 * DAY).isoformat(),
            "meets_at": (NOW + 15 * DAY).isoformat(),
        }
        second = teo.post(f"{BALLOT}/second-call", again, 201).json()
        assert (second["slug"], second["call"], second["state"]) == ("agm-2", 2, "draft")
        teo.get(f"{BALLOT}/minutes", 404)
        maya = program("maya@example.org")
        maya.post(f"{BALLOT}/minutes", {"text": "It was."}, 403)
        written = teo.post(f"{BALLOT}/minutes", {"text": "It was.\nNobody came."}, 201).json()
        assert teo.get(f"{BALLOT}/minutes").json() == written and written["version"] == 1


def test_a_voice_is_delegated_by_topic_answered_and_taken_back(program):
    with transaction() as session:
        for name in ("maya", "wei", "eve"):
            make.member(session, f"{name}@example.org", name.title())
    topic = program("organizer").post("/topics", {"name": {"en": "Fees"}}, 201).json()["id"]
    maya, wei, eve = (program(f"{name}@example.org") for name in ("maya", "wei", "eve"))
    given = maya.post("/delegations", {"topic_id": topic, "email": "wei@example.org"}, 201).json()
    assert (given["role"], given["topic"], given["holder"]) == ("principal", "Fees", "Wei")
    assert problem(maya.post("/delegations", {"topic_id": topic, "email": "eve@example.org"}, 409)) == "OneDelegation"
    place = f"/delegations/{given['id']}"
    eve.post(f"{place}/answer", {"accept": True}, 404)
    held = wei.post(f"{place}/answer", {"accept": True}).json()
    assert (held["role"], held["state"]) == ("holder", "accepted")
    assert wei.every("/delegations") == [held] and eve.every("/delegations") == []
    eve.post(f"{place}/end", None, 404)
    assert maya.post(f"{place}/end", None).json()["state"] == "ended"
    assert problem(maya.post(f"{place}/end", None, 409)) == "EndedBefore"


def test_a_holder_of_listed_shares_is_proposed_with_the_broker_s_statement(program):
    with transaction() as session:
        halls.members(session)
        teller = halls.staff(session, "teo").email
        make.person(session, "holder@example.org", "Hal Holder")
        with clock.at(halls.START):
            halls.called(session, halls.resolution())
    with clock.at(halls.FROZEN):
        teo = program(teller)
        teo.post(f"/ballots/{halls.SLUG}/electorate", None)
        elector = {"email": "holder@example.org", "weight": 40, "shares": 40, "kind": "patron"}
        said = {"elector": elector, "broker": "Bank & Co", "reference": "S-1", "held_on": str(halls.plan().record_date)}
        proposal = teo.post(f"/ballots/{halls.SLUG}/roll/statements", said, 201).json()
        assert proposal["may_decide"] is False
        program("organizer").post(f"/approvals/{proposal['id']}/approval", {"reason": "read"})
        [line] = program("holder@example.org").get(f"/ballots/{halls.SLUG}").json()["electors"]
        assert line["votes"] == 40
