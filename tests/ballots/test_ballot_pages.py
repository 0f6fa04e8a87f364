"""Ballots on pages: drafted and called at the desk, voted by link and signed in, counted and certified."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.ballots.bundle.format import read_bundle
from app.ballots.bundle.verifying import Verdict, verify_bundle
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.electorate.publishing import AMOUNTS_OPEN, VotesNotOpen
from app.ballots.models import BallotState
from app.ballots.opening import open_ballot
from app.ballots.telling import link_of
from app.core import clock
from app.core.audit import AuditLine
from app.core.database import transaction
from app.core.settings import settings
from app.exports.inspection.reading import VIEWS
from app.main import app
from app.members.approvals.approving import decide, undecided
from app.members.models import Person
from app.members.restricting import restrict
from tests import make
from tests.ballots import halls
from tests.exports.test_trail import browser

NOW = clock.now()
DAY = timedelta(days=1)
HOURS = {"opens_at": NOW - DAY, "closes_at": NOW + DAY, "record_date": (NOW - 5 * DAY).date()}
ITEM = {
    "title_en": "Conversion", "text_en": "The company becomes a co-operative.\nAt once.", "question": "motion",
    "majority": "own", "majority_operator": ">", "majority_part": "1/2", "majority_base": "cast_for_against",
    "quorum": "own", "quorum_operator": ">=", "quorum_part": "25 %", "quorum_base": "entitled",
}  # fmt: skip


def send(client: TestClient, page: str, path: str, **fields: str):
    """Send the first form of a page that goes to a path, with what is hidden in it, and follow on."""
    shown = client.get(page).text
    form = re.search(rf'<form[^>]*method="post" action="{re.escape(path)}".*?</form>', shown, re.S)
    assert form is not None, shown
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[0]))
    return client.post(path, data={**hidden, **fields}, follow_redirects=True)


@pytest.fixture
def people(database) -> dict[str, Person]:
    """Members with shares; an organizer, an auditor and two tellers."""
    with transaction() as session:
        with clock.at(NOW - 40 * DAY):
            for name, shares in halls.HOLDERS.items():
                make.lot(session, make.member(session, f"{name}@example.org", name.title()), shares)
        found = {name: make.person(session, f"{name}@example.org", name.title()) for name in halls.HOLDERS}
        tellers = {name: halls.staff(session, name) for name in ("teo", "tia")}
        return found | tellers | {role: make.staff(session, role) for role in ("organizer", "auditor")}


def hold(quorum: str = "1/4", **changed) -> str:
    """A ballot that opened yesterday; the path of Maya's link."""
    with transaction() as session:
        with clock.at(NOW - 30 * DAY):
            ballot = halls.draft_ballot(session, halls.SLUG, halls.plan(**HOURS, **changed), by=None)
            halls.add_item(session, halls.SLUG, halls.resolution(halls.quorum(quorum)), by=None)
            halls.call_ballot(session, halls.SLUG, by=None)
        with clock.at(NOW - 2 * DAY):
            freeze_electorate(session, halls.SLUG, by=None)
        with clock.at(NOW - DAY):
            open_ballot(session, halls.SLUG, by=None)
        maya = halls.elector(session, "maya")
        assert ballot.state == BallotState.OPEN
        return link_of(maya, maya.person)


def test_an_organizer_drafts_and_calls_a_ballot_at_the_desk(people, monkeypatch) -> None:
    organizer, auditor = browser(people["organizer"], monkeypatch), browser(people["auditor"], monkeypatch)
    meeting = {
        "slug": "egm", "title_en": "Extraordinary meeting", "kind": "extraordinary general meeting", "zone": "UTC",
        "starts_at": (NOW + 40 * DAY).strftime("%Y-%m-%dT%H:%M"), "place": "Oakland",
    }  # fmt: skip
    assert "The meeting is planned" in send(organizer, "/desk/meetings/new", "/desk/meetings/new", **meeting).text
    terms = {
        "slug": "egm", "meeting": "egm", "title_en": "Become a co-operative", "law": "us-de-251", "zone": "UTC",
        "record_date": (NOW + 10 * DAY).strftime("%Y-%m-%d"), "casting": "recorded", "basis": "one vote per share",
        "roll_shown": "hashes only",
        "opens_at": (NOW + 30 * DAY).strftime("%Y-%m-%dT%H:%M"), "changes_allowed": "yes",
        "closes_at": (NOW + 41 * DAY).strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    wrong = send(organizer, "/desk/ballots/new", "/desk/ballots/new", **(terms | {"record_date": "soon"}))
    assert wrong.status_code == 422 and "Become a co-operative" in wrong.text
    assert "The draft is saved" in send(organizer, "/desk/ballots/new", "/desk/ballots/new", **terms).text
    path = "/desk/ballots/egm"
    assert "Add one before notice" in send(organizer, path, f"{path}/notice").text
    item = {
        "title_en": "Merger",
        "text_en": "The merger.",
        "question": "motion",
        "majority": "approvals.holders.threshold",
    }
    assert "The item is added" in send(organizer, f"{path}/items/new", f"{path}/items/new", **item).text
    shown = organizer.get(path).text
    assert "Passes if more than 1/2 of all outstanding shares are for it." in shown
    assert "Give notice" in shown and "Give notice and freeze" not in auditor.get(path).text
    assert organizer.get("/ballots/egm").status_code == 404
    assert "Notice is given" in send(organizer, path, f"{path}/notice").text
    assert organizer.get("/ballots/egm").status_code == 200
    for page in ("/desk/ballots", f"{path}/roll", f"{path}/minutes", f"{path}/terms", f"{path}/items/new"):
        assert organizer.get(page).status_code == 200, page
    item_path = re.search(rf'href="({path}/items/\d+)"', organizer.get(path).text)[1]
    amended = {"title_en": "Merger", "text_en": "The merger, in May.", "reason": "moved by a member"}
    assert "kept as a new version" in send(organizer, item_path, item_path, **amended).text
    assert "amended" in organizer.get(path).text
    with transaction() as session:
        assert find_ballot(session, "egm").state == BallotState.CALLED
        assert len(items_of(session, find_ballot(session, "egm"))) == 1


def test_a_member_votes_by_link_without_an_account_and_changes_the_vote_signed_in(people, monkeypatch) -> None:
    path = hold()
    item = f"item-{_item()}"
    nobody = TestClient(app, base_url="http://127.0.0.1")
    shown = nobody.get(path).text
    assert "Maya has 100 votes." in shown and "no secret ballot" in shown
    assert "Choose an answer" in send(nobody, path, path).text
    assert "Your vote is recorded" in send(nobody, path, path, **{item: "for"}).text
    assert nobody.get("/ballots/vote/forged").status_code == 404
    assert nobody.get(f"/ballots/{halls.SLUG}", follow_redirects=False).status_code == 303

    maya, wei = browser(people["maya"], monkeypatch), browser(people["wei"], monkeypatch)
    page = maya.get(f"/ballots/{halls.SLUG}").text
    assert "100 of 200 take part (50%)" in page and "The quorum is reached" in page
    assert "for it are" not in page and "carried" not in page
    own = re.search(r'href="(/ballots/votes/\d+)"', page)[1]
    stale = maya.get(own).text
    assert "Your vote is recorded" in send(maya, own, own, **{item: "against"}).text
    hidden = dict(
        re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', stale[stale.index("data-once>\n") :])
    )
    late = maya.post(
        own, data={**_fields(maya, own), "seen": _seen(stale), "form_key": hidden["form_key"], item: "for"}
    )
    assert late.status_code == 409 and "another vote was cast" in late.text
    assert wei.get(own).status_code == 404
    assert (
        "Your objection is on record"
        in send(wei, f"/ballots/{halls.SLUG}", f"/ballots/{halls.SLUG}/objections", statement="Too soon.").text
    )
    roll = wei.get(f"/ballots/{halls.SLUG}/roll").text
    assert "Every line" in roll and "Maya" not in roll
    leaf = re.search(r"<code>([0-9a-f]{64})</code>", roll)[1]
    assert leaf in wei.get(f"/ballots/{halls.SLUG}/roll.txt").text.splitlines()


def test_a_roll_is_published_by_names_as_far_as_the_law_lets(people, monkeypatch) -> None:
    """What this law opens is what the register's own page opens, too."""
    assert frozenset(law for law, view in VIEWS.items() if "shares" in view.columns) == AMOUNTS_OPEN
    with transaction() as session, pytest.raises(VotesNotOpen):
        halls.drafted(session, roll_shown="names and votes, to members")
    monkeypatch.setattr(settings(), "register_law", "de")
    hold(roll_shown="names and votes, to members")
    wei, path = browser(people["wei"], monkeypatch), f"/ballots/{halls.SLUG}/roll/names"
    page = wei.get(path).text
    assert "Maya" in page and ">100<" in page and path in wei.get(f"/ballots/{halls.SLUG}/roll").text
    with transaction() as session:
        restrict(session, people["ana"].id)
        looks = select(AuditLine.actor_id).where(AuditLine.tag == "register:inspected")
        assert session.scalars(looks).all() == [people["wei"].id]
    assert "Ana" not in wei.get(path).text and "(restricted)" in wei.get(path).text
    assert browser(people["teo"], monkeypatch).get(f"{path}?after=999999999").status_code == 200


def test_tellers_enter_paper_count_and_certify(people, monkeypatch) -> None:
    hold()
    teo, tia = browser(people["teo"], monkeypatch), browser(people["tia"], monkeypatch)
    path, item = f"/desk/ballots/{halls.SLUG}", f"item-{_item()}"
    with transaction() as session:
        number = halls.elector(session, "ana").number
    for teller, said in ((teo, "Another teller enters it too"), (tia, "the vote is cast")):
        entry = send(teller, f"{path}/paper?number={number}", f"{path}/paper", channel="by post", **{item: "for"})
        assert said in entry.text
    assert f'action="{path}/closing"' not in teo.get(path).text
    assert "It is not closed before" in teo.post(f"{path}/closing", data=_fields(teo, path)).text
    with transaction() as session, clock.at(HOURS["closes_at"]):
        halls.close_ballot(session, halls.SLUG, by=None)
    bundle, member = f"/ballots/{halls.SLUG}/bundle.json", browser(people["wei"], monkeypatch)
    assert "is made once it is counted" in member.get(bundle).text
    assert "Counted. Two tellers" in send(teo, path, f"{path}/count").text
    page = member.get(f"/ballots/{halls.SLUG}").text
    assert "no quorum" in page and "present × 4" not in page and "for × 2" in page
    assert "Signed. Another teller" in send(teo, path, f"{path}/certification", statement="I counted.").text
    with transaction() as session:
        decide(session, undecided(session)[0].id, approve=True, by=people["tia"], reason="I counted too.")
    page = member.get(f"/ballots/{halls.SLUG}").text
    assert "Two tellers certified" in page and f'href="{bundle}"' in page
    read = read_bundle(member.get(bundle).content)
    assert not read.full and read.data["certificate"]["sha256"] == read.data["result"]["sha256"]
    wrong = [line.name for line in verify_bundle(read) if line.verdict == Verdict.FAILS]
    assert wrong == ["order"]  # this test closes the ballot a day ahead of the clock, and that is found
    with transaction() as session:
        stranger = make.person(session, "eve@example.org", "Eve")
    assert browser(stranger, monkeypatch).get(bundle).status_code == 404
    minutes = teo.get(f"{path}/minutes").text
    assert "Of 3 electors with 200 votes, 1 with 40 votes took part." in minutes
    kept = send(teo, f"{path}/minutes", f"{path}/minutes", text="It was decided.")
    assert "kept as a new version" in kept.text
    assert (
        "You have signed the minutes"
        in send(teo, f"{path}/minutes", f"{path}/minutes/signature", capacity="chair").text
    )
    again = {
        "new_slug": "convert-again",
        "record_date": (NOW + 5 * DAY).strftime("%Y-%m-%d"),
        "opens_at": (NOW + 20 * DAY).strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (NOW + 21 * DAY).strftime("%Y-%m-%dT%H:%M"),
    }
    assert "The second call is drafted" in send(teo, path, f"{path}/second-call", **again).text


def _item() -> int:
    with transaction() as session:
        return items_of(session, find_ballot(session, halls.SLUG))[0].id


def _fields(client: TestClient, path: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(csrf)" value="([^"]*)"', client.get(path).text))


def _seen(page: str) -> str:
    return re.search(r'name="seen" value="([^"]*)"', page)[1]
