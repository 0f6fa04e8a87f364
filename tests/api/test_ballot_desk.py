"""A ballot over the API from its draft to its certificate: each step by its role and in time, signed by two tellers."""

from datetime import timedelta

from app.core import clock
from app.core.database import transaction
from tests import make
from tests.api.conftest import problem
from tests.ballots import halls

BALLOT = "/ballots/agm"
NOW = clock.now()
DAY = timedelta(days=1)
TERMS = {
    "slug": "agm",
    "title": {"en": "Become a co-operative", "fr": "Devenir une coopérative"},
    "zone": "UTC",
    "basis": "one vote per share",
    "record_date": str((NOW + 2 * DAY).date()),
    "opens_at": (NOW + 5 * DAY).isoformat(),
    "closes_at": (NOW + 9 * DAY).isoformat(),
}
ITEM = {
    "title": {"en": "Conversion"},
    "text": {"en": "The company becomes a co-operative.\nAt once."},
    "majority": {"base": "cast_for_against", "part": "1/2"},
    "quorum": {"base": "entitled", "operator": ">=", "part": "25 %"},
}
DONE = {"reason": "as resolved"}


def test_a_ballot_is_drafted_called_counted_and_certified_by_programs(program):
    with transaction() as session:
        make.lot(session, make.member(session), 100)
        tellers = [halls.staff(session, name) for name in ("teo", "tia")]
    organizer, auditor, maya = program("organizer"), program("auditor"), program("maya@example.org")
    teo, tia = (program(each.email) for each in tellers)
    teo.post("/ballots", TERMS, 403)
    reversed_ = TERMS | {"closes_at": TERMS["opens_at"]}
    assert problem(organizer.post("/ballots", reversed_, 422)) == "HoursReversed"
    organizer.post("/ballots", TERMS | {"law": "no-such-law"}, 422)
    drafted = organizer.post("/ballots", TERMS, 201).json()
    assert (drafted["state"], drafted["items"], drafted["roll"]) == ("draft", [], None)
    assert problem(organizer.post(f"{BALLOT}/notice", DONE, 409)) == "NothingToDecide"
    no_base = ITEM | {"majority": {"base": "moon", "part": "1/2"}}
    refused = organizer.post(f"{BALLOT}/items", no_base, 422).json()
    assert [each["field"] for each in refused["errors"]] == ["majority.base"]
    assert problem(organizer.post(f"{BALLOT}/items", ITEM | {"majority": None}, 422)) == "InvalidInput"
    [item] = organizer.post(f"{BALLOT}/items", ITEM, 201).json()["items"]
    assert item["needs"].startswith("Passes if more than 1/2 of the votes cast for and against are for it")
    maya.get(BALLOT, 404)
    assert auditor.get(f"{BALLOT}/desk").json()["items"] == [item]
    maya.get(f"{BALLOT}/desk", 403)

    notice = organizer.post(f"{BALLOT}/notice", DONE, 201).json()
    assert (notice["days_needed"], len(notice["texts_sha256"])) == (0, 64)
    assert problem(organizer.post(f"{BALLOT}/items", ITEM, 409)) == "StateChanged"
    assert problem(teo.post(f"{BALLOT}/electorate", None, 409)) == "RecordDateNotOver"
    with clock.at(NOW + 4 * DAY):
        soon = program(tellers[0].email)
        roll = soon.post(f"{BALLOT}/electorate", None).json()["roll"]
        assert (roll["electors"], roll["votes"], len(roll["sha256"])) == (1, 100, 64)
        assert problem(soon.post(f"{BALLOT}/opening", DONE, 409)) == "OpensLater"
    with clock.at(NOW + 5 * DAY + timedelta(hours=1)):
        organizer, member = program("organizer"), program("maya@example.org")
        assert organizer.post(f"{BALLOT}/opening", DONE).json()["state"] == "open"
        elector = member.get(BALLOT).json()["electors"][0]["elector"]
        said = {"elector": elector, "answers": [{"item": item["item"], "answer": "for"}], "replaces": None}
        member.post(f"{BALLOT}/votes", said, 201)
        assert problem(organizer.post(f"{BALLOT}/closing", DONE, 409)) == "ClosesLater"
    with clock.at(NOW + 10 * DAY):
        organizer, (teo, tia) = program("organizer"), (program(each.email) for each in tellers)
        teo.post(f"{BALLOT}/closing", DONE)
        organizer.post(f"{BALLOT}/count", {}, 403)
        counted = teo.post(f"{BALLOT}/count", {}, 201).json()
        assert (counted["items"][0]["carried"], counted["items"][0]["counts"]["for"]) == (True, 100)
        signed = {"sha256": counted["sha256"], "statement": "I counted."}
        assert problem(teo.post(f"{BALLOT}/certification", signed | {"sha256": "0" * 64}, 409)) == "ResultChanged"
        proposal = teo.post(f"{BALLOT}/certification", signed, 201).json()
        teo.post(f"/approvals/{proposal['id']}/approval", {"reason": "alone"}, 403)
        tia.post(f"/approvals/{proposal['id']}/approval", {"reason": "I counted too."})
        result = program("maya@example.org").get(f"{BALLOT}/result").json()
    assert (result["sha256"], result["roll_sha256"]) == (counted["sha256"], roll["sha256"])
