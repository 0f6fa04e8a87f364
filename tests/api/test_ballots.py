"""Ballots over the API: read as on their pages, voted in by a program, changed, refused by name, and their result."""

from app.ballots.bundle.format import read_bundle
from app.ballots.bundle.verifying import holds, verify_bundle
from app.ballots.drafting import find_ballot, items_of
from app.ballots.result.certifying import count_ballot, propose_certification
from app.ballots.secret.keys import make_key
from app.core import clock
from app.core.database import transaction
from app.members.apitokens.scopes import Scope
from app.members.approvals.approving import decide
from app.worker import run_until_idle
from tests import make
from tests.api.conftest import problem
from tests.ballots import halls
from tests.ballots.booths import SECRET
from tests.ballots.test_ballot_pages import DAY, HOURS, NOW, hold, people  # noqa: F401  (a fixture)

BALLOT = f"/ballots/{halls.SLUG}"


def test_a_ballot_is_read_voted_in_and_its_result_read_over_the_api(program, people):  # noqa: F811
    with transaction() as session, clock.at(NOW - 40 * DAY):
        for name in ("zoe", "tom"):
            make.lot(session, make.member(session, f"{name}@example.org", name.title()), 10)
    hold()
    _open_secret()
    with transaction() as session:
        make.person(session, "eve@example.org", "Eve")
        halls.drafted(session, slug="draft")
        item = items_of(session, find_ballot(session, halls.SLUG))[0].id
        lines = {name: halls.elector(session, name).id for name in (*halls.HOLDERS, "zoe")}
    maya, wei, eve = (program(f"{name}@example.org") for name in ("maya", "wei", "eve"))
    reads = program("maya@example.org", [Scope.BALLOTS_READ])

    listed = maya.every("/ballots")
    assert [(each["slug"], each["casting"]) for each in listed] == [("board", "secret"), (halls.SLUG, "recorded")]
    assert maya.every("/ballots?limit=1") == listed
    assert eve.every("/ballots") == []
    eve.get(BALLOT, 404)
    maya.get("/ballots/draft", 404)
    shown = maya.get(BALLOT).json()
    assert listed[1].items() <= shown.items()
    assert [(each["needs"], each["asks"]) for each in shown["items"]] == [
        (
            "Passes if more than 1/2 of the votes cast for and against are for it, "
            "and at least 1/4 of all shares with votes take part.",
            "for, against or abstain",
        )
    ]
    assert shown["turnout"] | {"quorum": ""} == {"part": 0, "whole": 220, "quorum": "", "met": False}
    mine = {"elector": lines["maya"], "name": "Maya", "votes": 100, "voted_at": None, "vote": None}
    assert shown["electors"] == [mine]
    assert maya.get(BALLOT, accept_language="fr").json()["title"] == "Devenir une coopérative"

    def vote(answer: str, elector: str = "maya", replaces: int | None = None, **part: int):
        answers = [{"item": item, "answer": answer, **part}]
        return {"elector": lines[elector], "answers": answers, "replaces": replaces}

    votes = f"{BALLOT}/votes"
    reads.post(votes, vote("for"), 403)
    eve.post(votes, vote("for"), 404)
    assert problem(maya.post(votes, vote("for", "wei"), 403)) == "NotOnTheRoll"
    refused = maya.post(votes, vote("perhaps"), 422).json()
    assert [(each["field"], each["name"]) for each in refused["errors"]] == [(f"item-{item}", "BadAnswer")]
    assert maya.post(votes, vote("for", votes=99), 422).json()["errors"][0]["name"] == "UnderTheWeight"
    unseen = vote("for") | {"elector": maya.get("/ballots/board").json()["electors"][0]["elector"]}
    assert problem(maya.post("/ballots/board/votes", unseen, 409)) == "AnotherKind"
    first = maya.post(votes, vote("against"), 201, key="first")
    again = maya.post(votes, vote("against"), 201, key="first")
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    cast = first.json()
    assert (cast["answers"], cast["channel"]) == ([{"item": item, "answer": "against", "votes": 100}], "by a program")
    assert problem(maya.post(votes, vote("for"), 409)) == "StaleForm"
    changed = maya.post(votes, vote("for", replaces=cast["number"]), 201).json()
    assert maya.get(BALLOT).json()["electors"] == [mine | {"voted_at": changed["cast_at"], "vote": changed}]
    assert reads.get(BALLOT).json()["electors"] == [mine | {"voted_at": changed["cast_at"]}]
    assert wei.get(BALLOT).json()["electors"][0]["vote"] is None
    assert wei.get(BALLOT).json()["turnout"]["met"] is True
    assert problem(maya.get(f"{BALLOT}/result", 409)) == "ResultNotCertified"

    zoe, tom = _by_proxy(program, item)
    receipt = zoe.get(f"{BALLOT}/receipts/{lines['zoe']}/pdf")
    assert receipt.headers["content-type"] == "application/pdf" and receipt.content.startswith(b"%PDF-")
    tom.get(f"{BALLOT}/receipts/{lines['zoe']}/pdf", 404)
    assert problem(zoe.get(f"{BALLOT}/bundle", 409)) == "NotCountedYet"

    with transaction() as session, clock.at(HOURS["closes_at"]):
        halls.close_ballot(session, halls.SLUG, by=None)
    assert problem(wei.post(votes, vote("against", "wei"), 409)) == "VotingClosed"
    with transaction() as session, clock.at(HOURS["closes_at"]):
        sha256 = count_ballot(session, halls.SLUG, by=None).sha256
        proposal = propose_certification(session, halls.SLUG, by=people["teo"], statement="I counted.")
        maya.get(f"{BALLOT}/result", 409)
        decide(session, proposal.id, approve=True, by=people["tia"], reason="I counted too.")
    result = wei.get(f"{BALLOT}/result").json()
    assert (result["sha256"], result["roll_sha256"]) == (sha256, shown["roll"]["sha256"])
    assert result["turnout"] == {"electors": 2, "votes": 110, "shares": 110}
    assert [(each["carried"], each["quorate"], each["counts"]) for each in result["items"]] == [
        (True, True, {"for": 110, "against": 0, "abstain": 0})
    ]
    assert result["items"][0]["comparisons"] == [
        "present × 4 >= shares_with_votes × 1: 440 >= 220 is true",
        "for × 2 > cast_for_against × 1: 220 > 110 is true",
    ]
    eve.get(f"{BALLOT}/result", 404)
    bundle = wei.get(f"{BALLOT}/bundle")
    assert holds(verify_bundle(read_bundle(bundle.content)))
    eve.get(f"{BALLOT}/bundle", 404)
    run_until_idle()
    papers = {each["title"]: each["download"] for each in wei.get(BALLOT).json()["documents"]}
    for download in papers.values():
        assert wei.get(download).content.startswith(b"%PDF-")
        eve.get(download, 404)
    assert papers


def _by_proxy(program, item: int):
    """Zoe names Tom, who accepts and votes for her as she instructed."""
    zoe, tom, proxies = program("zoe@example.org"), program("tom@example.org"), f"{BALLOT}/proxies"
    named = {"email": "tom@example.org", "instructions": [{"item": item, "answer": "for"}]}
    assert problem(zoe.post(proxies, named | {"email": "nobody@example.org"}, 404)) == "UnknownPerson"
    given = zoe.post(proxies, named, 201).json()
    assert (given["role"], given["holder"], given["state"]) == ("principal", "Tom", "waits for the holder")
    one = f"{proxies}/{given['id']}"
    said = {"answers": [{"item": item, "answer": "against"}]}
    assert problem(tom.post(f"{one}/votes", said, 409)) == "NotAccepted"
    program("wei@example.org").post(f"{one}/answer", {"accept": True}, 404)
    zoe.post(f"{one}/answer", {"accept": True}, 404)
    assert tom.post(f"{one}/answer", {"accept": True}).json()["role"] == "holder"
    assert tom.post(f"{one}/votes", said, 422).json()["errors"][0]["name"] == "NotAsInstructed"
    vote = tom.post(f"{one}/votes", {"answers": [{"item": item, "answer": "for"}]}, 201).json()
    [held] = tom.every(proxies)
    assert (held["state"], held["votes"], held["vote"]) == ("accepted", 10, vote)
    ended = zoe.post(f"{one}/end", None).json()
    assert (ended["state"], ended["vote"]) == ("ended", vote)
    return zoe, tom


def _open_secret() -> None:
    with transaction() as session:
        with clock.at(NOW - 30 * DAY):
            halls.draft_ballot(session, "board", halls.plan(**HOURS, **SECRET), by=None)
            halls.add_item(session, "board", halls.resolution(), by=None)
            halls.call_ballot(session, "board", by=None)
            for teller in ("teo", "tia"):
                make_key(session, "board", by=make.person(session, f"{teller}@example.org").id)
        with clock.at(NOW - 2 * DAY):
            halls.freeze_electorate(session, "board", by=None)
        with clock.at(NOW - DAY):
            halls.open_ballot(session, "board", by=None)
