"""A secret ballot on pages: keys at the desk, the booth by link and signed in, the receipt, the public list."""

import re
from io import BytesIO

from fastapi.testclient import TestClient
from pypdf import PdfReader

from app.ballots.casting.recording import AnotherKind
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.correcting import Line, OneVoteEach, TookPartAlready, propose_correction
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.models import BallotState
from app.ballots.opening import keep_time
from app.ballots.telling import link_of
from app.core import clock
from app.core.database import transaction
from app.documents.models import Document
from app.main import app
from app.worker import run_until_idle
from tests import make
from tests.ballots import booths, halls
from tests.ballots.halls import SLUG
from tests.ballots.test_ballot_pages import DAY, HOURS, NOW, send
from tests.exports.test_trail import browser

DESK, KEYS = f"/desk/ballots/{SLUG}", f"/desk/ballots/{SLUG}/keys"
WHOLE = re.compile(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}")


def test_a_secret_ballot_on_its_pages(database, monkeypatch) -> None:
    with transaction() as session:
        with clock.at(NOW - 40 * DAY):
            for name in booths.NAMES:
                make.lot(session, make.member(session, f"{name}@example.org", name.title()), 10)
        maya = make.person(session, "maya@example.org", "Maya")
        people = [halls.staff(session, name) for name in ("teo", "tia")]
        with clock.at(NOW - 30 * DAY):
            halls.draft_ballot(session, SLUG, halls.plan(**(HOURS | booths.SECRET)), by=None)
            halls.add_item(session, SLUG, halls.resolution(halls.quorum("1/4")), by=None)
            halls.call_ballot(session, SLUG, by=None)
        with clock.at(NOW - 2 * DAY):
            freeze_electorate(session, SLUG, by=None)
        keep_time(session)
        assert find_ballot(session, SLUG).state == BallotState.READY, (
            "no ballot opens without keys, nor stops the others"
        )
    teo, tia = (browser(person, monkeypatch) for person in people)
    assert "Two tellers make their keys" in send(teo, DESK, f"{DESK}/opening").text
    codes = [WHOLE.search(send(client, KEYS, KEYS).text)[0] for client in (teo, tia)]
    assert not any(code in client.get(KEYS).text for code in codes for client in (teo, tia)), "shown once"
    assert "The ballot is open" in send(tia, DESK, f"{DESK}/opening").text
    trackers = booth_and_link(browser(maya, monkeypatch))
    with transaction() as session:
        wei, ana = halls.elector(session, "wei"), halls.elector(session, "ana")
        for refused, why in (((wei.id, None), TookPartAlready), ((ana.id, Line("ana@example.org", 2)), OneVoteEach)):
            try:
                propose_correction(session, SLUG, struck_id=refused[0], added=refused[1], by=people[0], reason="wrong")
            except why:
                continue
            raise AssertionError(why)
    paper = teo.get(f"{DESK}/paper?number=1")
    entered = teo.post(f"{DESK}/paper", data={"csrf": re.search(r'name="csrf" value="([^"]*)"', paper.text)[1],
                                              "elector": "1", "channel": "by post"})  # fmt: skip
    assert AnotherKind.message in entered.text
    assert teo.get(f"/ballots/secret/{SLUG}").status_code == 404, "nothing is listed before it is opened"
    with clock.at(NOW + 2 * DAY):
        with transaction() as session:
            keep_time(session)
        assert "This hash fixes" in teo.get(f"/ballots/{SLUG}").text
        assert "still sealed" in send(teo, DESK, f"{DESK}/count").text
        assert "not the code of your key" in send(teo, KEYS, f"{KEYS}/use", code=codes[1]).text
        assert "not the code of a key" in send(teo, KEYS, f"{KEYS}/use", code="ABCD").text
        assert "Your key is used" in send(teo, KEYS, f"{KEYS}/use", code=codes[0]).text
        assert "being opened" in send(tia, KEYS, f"{KEYS}/use", code=codes[1]).text
        assert run_until_idle() == []
        assert "Counted. Two tellers certify" in send(teo, DESK, f"{DESK}/count").text
        stranger = TestClient(app, base_url="http://127.0.0.1:8000")
        listed = stranger.get(f"/ballots/secret/{SLUG}")
        assert all(tracker in listed.text for tracker in trackers) and "Against" in listed.text
        later = max(trackers)
        assert min(trackers) not in stranger.get(f"/ballots/secret/{SLUG}?from={later[:8]}").text
        assert "No tracker begins there" in stranger.get(f"/ballots/secret/{SLUG}?from=z-Z'%20").text
        lines = stranger.get(f"/ballots/secret/{SLUG}/papers.txt").text.splitlines()
        assert sorted(trackers) == [line.split("\t")[0] for line in lines]
        assert "The list of all votes by tracker" in teo.get(f"/ballots/{SLUG}").text
        assert teo.get(f"/ballots/{SLUG}/bundle.json").json()["format"] == "costake-secret-bundle/1"


def booth_and_link(maya: TestClient) -> list[str]:
    """Maya votes signed in and changes it, Wei by the link; the trackers that their receipts show."""
    with transaction() as session:
        item = f"item-{items_of(session, find_ballot(session, SLUG))[0].id}"
        wei = halls.elector(session, "wei")
        place, link = f"/ballots/votes/{halls.elector(session, 'maya').id}", link_of(wei, wei.person)
    assert "This ballot is secret" in maya.get(f"/ballots/{SLUG}").text
    assert "What it does not protect" in maya.get(place).text
    for wrong, why in (({item: "for", "own": "m"}, "Choose a word of 3 to 20"), ({"own": "heron"}, "Choose an answer")):
        assert why in send(maya, place, place, **wrong).text
    form = re.search(r'name="drawn" value="([^"]*)"', maya.get(place).text)[1]
    first = send(maya, place, place, **{item: "for", "own": "Heron", "drawn": form})
    tracker = re.search(r"heron-[0-9a-f]{20}", first.text)[0]
    assert "Your vote is in the urn" in first.text and "no-store" in first.headers["cache-control"]
    proof = re.search(r'name="proof" value="([^"]*)"', first.text)[1]
    hidden = {"csrf": re.search(r'name="csrf" value="([^"]*)"', first.text)[1]}
    pdf = f"/ballots/secret/{SLUG}/receipt.pdf"
    paper = maya.post(pdf, data=hidden | {"proof": proof})
    assert tracker in PdfReader(BytesIO(paper.content)).pages[0].extract_text()
    assert "no-store" in paper.headers["cache-control"]
    assert maya.post(pdf, data=hidden | {"proof": proof[:-2]}).status_code == 404
    with transaction() as session:
        assert session.query(Document).filter_by(kind="ballot-receipt").count() == 0, "nothing of it is kept"
    shown = maya.get(place).text
    assert "nobody can tell" in shown and tracker not in shown
    assert (
        "There is no vote with this tracker" in send(maya, place, place, **{item: "against", "tracker": "heron-1"}).text
    )
    assert "is now the one" in send(maya, place, place, **{item: "against", "tracker": tracker}).text
    visitor = TestClient(app, base_url="http://127.0.0.1:8000")
    by_link = send(visitor, link, link, **{item: "for", "own": "owl7"})
    return [tracker, re.search(r"owl7-[0-9a-f]{20}", by_link.text)[0]]
