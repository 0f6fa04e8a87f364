"""Motions: from an idea to the result of a formal ballot; what is refused; support given in two tabs at once."""

import html
import json
import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from app.ballots.drafting import find_ballot, items_of, move_ballot
from app.ballots.models import BallotState
from app.ballots.motions import answering, balloting, proposing, supporting
from app.ballots.motions.keeping import MembersOnly, MotionMoved, find_motion, supporters
from app.ballots.motions.lapsing import keep_motions
from app.ballots.motions.linking import origins_of
from app.ballots.motions.models import Motion, MotionState, Stance, Topic
from app.ballots.motions.picturing import curve
from app.ballots.motions.proofs import PROOFS
from app.ballots.motions.rules import Rules, propose_rules, rules_now
from app.ballots.motions.showing import motion_facts
from app.ballots.motions.stating import MotionPlan, majority
from app.ballots.motions.templates import TEMPLATES, compose
from app.ballots.motions.threshold import supporters_needed
from app.ballots.result.certifying import count_ballot
from app.cli import costake
from app.core import clock
from app.core.database import new_session, transaction
from app.core.errors import NotFound
from app.core.language import LANGUAGES
from app.members.approvals.approving import decide
from app.members.people.kinds import Capacity
from app.members.people.representing import appoint
from app.members.persons import find_person
from app.members.roles import ReasonMissing
from app.worker import run_until_idle
from tests import make, races
from tests.ballots import halls
from tests.ballots.test_ballot_pages import send
from tests.exports.test_trail import browser

DAY = timedelta(days=1)
NAMES = ("maya", "wei", "ana", "ivo")
FEE = {"service": "selling", "before": "3 %", "after": "2 %", "begins": "1 March", "payers": "sellers"}


def fee(lang: str = "en") -> MotionPlan:
    return compose(TEMPLATES["fee"], FEE, "Sellers leave for cheaper places.", lang)


def free(title: str = "A garden") -> MotionPlan:
    return MotionPlan({"en": title}, {"en": "The roof becomes a garden."}, {"en": "It is hot."}, rule=majority())


def idea(session, person_id: int, plan: MotionPlan | None = None, key: str = "1") -> int:
    return proposing.propose_motion(session, plan or fee(), by=person_id, topic=Topic.FEES, form_key=key).id


@pytest.fixture
def hall(database) -> dict[str, int]:
    """Four members, an organizer, a secretary and two tellers; half of the members must support a motion."""
    with transaction() as session, clock.at(halls.START):
        halls.members(session, dict.fromkeys(NAMES, 10))
        found = {name: find_person(session, f"{name}@example.org").id for name in NAMES}
        staff = {role: halls.staff(session, role, role) for role in ("organizer", "secretary", "auditor")}
        wanted = Rules(2, Fraction(3, 4), 30, 14, "Europe/Paris", rules_now(session).conduct)
        proposal = propose_rules(session, wanted, by=staff["organizer"], reason="adopted by the members")
        assert rules_now(session).support_part == Fraction(1, 20)
        decide(session, proposal.id, approve=True, by=staff["secretary"], reason="so resolved")
        assert rules_now(session).support_number == 2
        return found | {role: person.id for role, person in staff.items()}


def test_an_idea_becomes_a_ballot_whose_result_stands_on_the_motion(hall) -> None:
    maya, wei, ana, organizer = (hall[name] for name in ("maya", "wei", "ana", "organizer"))
    with transaction() as session, clock.at(halls.START):
        number = idea(session, maya)
        assert idea(session, maya) == number, "the same form again is the same motion"
        better = {"title": {"en": "Fee for selling", "fr": "Frais de vente"}, "text": {"en": "2 %", "fr": "2 %"}}
        plan = fee()
        said = MotionPlan(better["title"], better["text"], plan.grounds, plan.question, plan.rule)
        assert proposing.rewrite_motion(session, number, said, by=maya).version == 2
        with pytest.raises(proposing.TextUnchanged):
            proposing.rewrite_motion(session, number, said, by=maya)
        with pytest.raises(MotionMoved):
            supporting.support_motion(session, number, wei, by=wei)
        asked = proposing.put_forward(session, number, by=maya)
        assert (asked.members, asked.needed) == (4, 2), "two members, since three quarters of four are more"
        assert asked.ends_at == datetime(2027, 2, 9, 23, tzinfo=UTC), "at the end of the thirtieth day in Paris"
        with pytest.raises(MotionMoved):
            proposing.rewrite_motion(session, number, fee(), by=maya)
    with transaction() as session, clock.at(halls.START + DAY):
        supporting.support_motion(session, number, maya, by=maya)
        supporting.take_support_back(session, number, maya, by=maya)
        supporting.support_motion(session, number, wei, by=wei)
        assert find_motion(session, number).state == MotionState.GATHERING
        supporting.support_motion(session, number, ana, by=ana)
        motion = find_motion(session, number)
        assert motion.state == MotionState.REACHED and supporters(session, motion) == 2
        supporting.take_support_back(session, number, ana, by=ana)
        assert motion.state == MotionState.REACHED, "what was reached stays reached"
        assert "motion-reached" in make.letters(session, "organizer@example.org")
        with pytest.raises(MotionMoved):
            proposing.withdraw_motion(session, number, by=maya, reason="")
    with transaction() as session, clock.at(halls.START + 2 * DAY):
        with pytest.raises(MotionMoved):
            balloting.draft_from_motion(session, number, "fees", halls.plan(), majority(), by=organizer)
        answering.state_board(
            session, number, Stance.FOR, {"en": "We can afford it."}, "board of 12 January", by=organizer
        )
    assert run_until_idle() == []
    with transaction() as session, clock.at(halls.START + 2 * DAY):
        assert make.letters(session, "wei@example.org")[-1] == "motion-statement"
        rule = balloting.proposed_rule(session, number)
        balloting.draft_from_motion(session, number, halls.SLUG, halls.plan(), rule, by=organizer)
        with pytest.raises(balloting.OnABallot):
            balloting.draft_from_motion(session, number, "again", halls.plan(), rule, by=organizer)
        item = items_of(session, find_ballot(session, halls.SLUG))[0]
        assert item.text.title == better["title"] and item.text.text == better["text"]
        assert [each.number for each in origins_of(session, find_ballot(session, halls.SLUG), "en")] == [number]
    _vote(hall)
    with transaction() as session, clock.at(halls.CLOSES + DAY):
        shown = motion_facts(session, find_motion(session, number), "fr")
        assert shown["title"] == "Frais de vente" and shown["motion"].state == MotionState.BALLOT
        (vote,) = shown["votes"]
        assert vote.word_for_word and vote.shown.outcome.carried and not vote.certified
        assert vote.shown.facts["counts"]["all"]["for"] == 20
    shown = json.loads(run("show", str(number), "--json"))
    assert shown["ballots"] == [{"ballot": halls.SLUG, "state": "counted", "outcome": "carried"}]
    assert (shown["supporters"], shown["needed"], shown["stance"]) == (1, 2, Stance.FOR.value)
    assert run("list").startswith(f"{number}: Fee for selling, on a ballot, 1 of 2 supporters until 2027-02-09")
    assert "We can afford it." in run("show", str(number))
    assert "NotFound" in CliRunner().invoke(costake, ["motion", "show", "99"]).stderr


def run(*arguments: str) -> str:
    result = CliRunner().invoke(costake, ["motion", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def _vote(hall) -> None:
    with transaction() as session:
        with clock.at(halls.CALLED + DAY):
            halls.call_ballot(session, halls.SLUG, by=None)
        with clock.at(halls.FROZEN):
            halls.freeze_electorate(session, halls.SLUG, by=None)
        with clock.at(halls.OPENS):
            halls.open_ballot(session, halls.SLUG, by=None)
        with clock.at(halls.WHILE_OPEN):
            for name, said in (("maya", "for"), ("wei", "for"), ("ana", "against")):
                halls.vote(session, name, said)
        halls.closed(session)
        with clock.at(halls.CLOSES + DAY):
            count_ballot(session, halls.SLUG, by=hall["organizer"])


def test_what_lapses_goes_on_alone_or_is_refused(hall) -> None:
    maya, wei, organizer = hall["maya"], hall["wei"], hall["organizer"]
    with transaction() as session, clock.at(halls.START):
        with pytest.raises(MembersOnly):
            idea(session, organizer)
        lapses, goes_on, refused = (idea(session, maya, free(str(key)), str(key)) for key in range(3))
        with pytest.raises(proposing.TooManyMotions):
            idea(session, maya, key="4")
        with pytest.raises(proposing.NotYours):
            proposing.put_forward(session, lapses, by=wei)
        for number in (lapses, goes_on):
            proposing.put_forward(session, number, by=maya)
        for name in ("wei", "ana"):
            supporting.support_motion(session, goes_on, hall[name], by=hall[name])
        with pytest.raises(MembersOnly):
            supporting.support_motion(session, lapses, organizer, by=organizer)
        with pytest.raises(supporting.NotSupported):
            supporting.take_support_back(session, lapses, wei, by=wei)
        supporting.support_motion(session, lapses, wei, by=wei)
        asks, agrees = (session.get_one(make.Person, hall[role]) for role in ("organizer", "secretary"))
        with pytest.raises(ReasonMissing):
            answering.propose_refusal(session, refused, by=asks, reason=" ")
        proposal = answering.propose_refusal(session, refused, by=asks, reason="The law forbids it.")
        decide(session, proposal.id, approve=True, by=agrees, reason="So it is.")
        assert find_motion(session, refused).state == MotionState.REFUSED
        withdrawn = idea(session, wei, key="9")
        proposing.withdraw_motion(session, withdrawn, by=wei, reason="not now")
    with transaction() as session, clock.at(halls.START + 16 * DAY):
        keep_motions(session)
        motion = find_motion(session, goes_on)
        assert motion.state == MotionState.ANSWERED, "the board's fortnight is over"
        with pytest.raises(MotionMoved):
            answering.state_board(session, goes_on, Stance.AGAINST, {"en": "No."}, "x", by=organizer)
        draft = halls.draft_ballot(session, "meeting", halls.plan(), by=organizer)
        balloting.add_to_draft(session, goes_on, draft.slug, majority("2/3", operator=">="), by=organizer)
        move_ballot(session, draft, BallotState.CALLED_OFF, by=organizer, reason="put off")
        halls.draft_ballot(session, "meeting-2", halls.plan(), by=organizer)
        balloting.add_to_draft(session, goes_on, "meeting-2", majority(), by=organizer)
        assert [each.ballot.slug for each in balloting.ballots_of(session, motion)] == ["meeting", "meeting-2"]
    with transaction() as session, clock.at(halls.START + 31 * DAY):
        with pytest.raises(supporting.CountdownOver):
            supporting.take_support_back(session, lapses, wei, by=wei)
        keep_motions(session)
        assert find_motion(session, lapses).state == MotionState.LAPSED
        assert make.letters(session, "maya@example.org")[-2:] == ["motion-ended", "motion-ended"]


def test_a_member_who_supports_in_two_tabs_counts_once(hall) -> None:
    maya, wei = hall["maya"], hall["wei"]
    with transaction() as session:
        number = idea(session, maya)
        proposing.put_forward(session, number, by=maya)

    def tab(session):
        return supporting.support_motion(session, number, wei, by=wei)

    first, second = races.overlapping(tab, tab)
    assert isinstance(second, supporting.SupportedAlready) and first.person_id == wei
    with transaction() as session:
        assert supporters(session, find_motion(session, number)) == 1
        eve, ana = make.person(session, "eve@example.org", "Eve"), session.get_one(make.Person, hall["ana"])
        with pytest.raises(NotFound):
            supporting.support_motion(session, number, ana.id, by=eve.id)
        appoint(session, eve, ana, Capacity.AGENT, basis="a letter", valid_from=clock.today(), by=None)
        assert supporting.members_for(session, eve.id) == [ana.id]
        supporting.support_motion(session, number, ana.id, by=eve.id)
        assert supporters(session, find_motion(session, number)) == 2
    with new_session() as session:  # what a liar could write behind the acts, and takes back here
        session.execute(text("INSERT INTO motion_support (motion_id, person_id, given_by, given_at)"
                             " SELECT motion_id, person_id, given_by, given_at FROM motion_support"))  # fmt: skip
        session.execute(text("UPDATE motion SET state = 'on a ballot'"))
        found = [line for proof in PROOFS for line in proof.check(session).wrong]
        assert any("given twice" in line for line in found) and any("stands at" in line for line in found)


@given(st.integers(0, 10**7), st.none() | st.integers(1, 10**6), st.none() | st.fractions(Fraction(1, 1000), 1))
@settings(max_examples=30)
def test_a_threshold_is_the_fewer_of_both_and_never_out_of_reach(members, number, part) -> None:
    if number is None and part is None:
        return
    needed = supporters_needed(members, number, part)
    assert 1 <= needed <= max(1, members)
    assert number is None or needed <= max(number, 1)
    if part is not None and number is None:
        assert members == 0 or needed >= part * members > needed - 1


def test_every_template_asks_something_in_both_languages() -> None:
    for template in TEMPLATES.values():
        said = {gap.name: "One\nTwo\nThree" if gap.lines else "2" for gap in template.gaps}
        plans = [compose(template, said, "why", lang) for lang in LANGUAGES]
        assert len({plan.text[lang] for plan, lang in zip(plans, LANGUAGES, strict=True)}) == 2, template.key
        assert plans[0].question.is_motion == (plans[0].rule is not None)


def test_the_picture_goes_up_and_down_within_its_frame() -> None:
    begin = datetime(2027, 1, 1, tzinfo=UTC)
    changes = [(begin + n * DAY, by) for n, by in ((1, 1), (2, 1), (3, -1), (4, 1))]
    drawn = curve(changes, 4, begin, begin + 10 * DAY, begin + 5 * DAY)
    heights = [int(point.split(",")[1]) for point in drawn.points.split()]
    assert drawn.now_x == 500 and heights[0] == 200 and min(heights) == heights[-1] == 120
    assert drawn.needed_y == 40


def test_a_member_proposes_and_supports_on_pages_and_an_organizer_makes_the_ballot(hall, monkeypatch) -> None:
    people = {}
    with transaction() as session:
        people = {name: session.get_one(make.Person, hall[name]) for name in ("maya", "wei", "organizer", "auditor")}
        stranger = make.person(session, "eve@example.org", "Eve")
    maya, wei, organizer, auditor = (browser(people[name], monkeypatch) for name in people)
    assert browser(stranger, monkeypatch).get("/motions").status_code == 404
    assert "/motions/new?template=fee" in maya.get("/motions/new").text
    form = "/motions/new?template=fee"
    assert "Please fill in this field" in send(maya, form, "/motions/new", service="selling").text
    said = {gap: f"<b>{text}</b>" for gap, text in FEE.items()} | {"grounds": "Because."}
    page = send(maya, form, "/motions/new", **said).text
    assert "Your idea is there" in page and "&lt;b&gt;selling&lt;/b&gt;" in page and "<b>selling" not in page
    with transaction() as session:
        number = session.scalars(select(Motion.id)).one()
    at, desk = f"/motions/{number}", f"/desk/motions/{number}"
    assert "Put it forward" not in wei.get(at).text
    assert (
        "is kept as a new version"
        in send(maya, f"{at}/text", f"{at}/text", title_en="Fee", text_en="2 %", grounds_en="Why not").text
    )
    assert "gathers support now" in send(maya, at, f"{at}/gathering").text
    assert "The support counts" in send(maya, at, f"{at}/support").text
    assert "The support is taken back" in send(maya, at, f"{at}/support-withdrawal").text
    stale = wei.get(at)
    assert "The support counts" in send(wei, at, f"{at}/support").text
    hidden = dict(
        re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', stale.text[stale.text.index("/support") :])
    )
    assert "supports the motion already" in wei.post(f"{at}/support", data=hidden).text
    assert send(maya, at, f"{at}/support").status_code == 200
    assert "/statement" in organizer.get(desk).text and "/statement" not in auditor.get(desk).text
    answer = {"stance": "AGAINST", "text_en": "Too dear.", "resolved": "board of 1 March"}
    assert "Supporters get a letter" in send(organizer, desk, f"{desk}/statement", **answer).text
    assert "Too dear." in maya.get(at).text
    ballot = f"{desk}/ballot"
    typed = form_fields(organizer.get(ballot).text, ballot)
    wrong = organizer.post(ballot, data=typed | {"slug": "New Ballot"})
    assert wrong.status_code == 422 and "cannot be the address" in wrong.text
    assert "word for word" in organizer.post(ballot, data=typed, follow_redirects=True).text
    assert f"motion-{number}" in organizer.get(desk).text
    assert "An organizer has drafted a ballot" in wei.get(at).text
    for path in ("/motions?state=ballot", "/motions/rules", f"{at}?lang=fr", "/motions/new?lang=fr"):
        assert wei.get(path).status_code == 200, path
    for path in ("/desk/motions", "/desk/motions/rules"):
        assert auditor.get(path).status_code == 200, path
    rules = form_fields(organizer.get("/desk/motions/rules").text, "/desk/motions/rules")
    assert (
        "second person has approved"
        in organizer.post("/desk/motions/rules", data=rules | {"reason": "x"}, follow_redirects=True).text
    )
    assert ">Rules of motions</a>" in auditor.get("/desk/approvals").text


def form_fields(page: str, action: str) -> dict[str, str]:
    """Everything that a form would send as it stands."""
    form = re.search(rf'<form[^>]*method="post" action="{re.escape(action)}".*?</form>', page, re.S)[0]
    fields = {}
    for tag in re.findall(r"<input [^>]*>", form):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if said.get("type") not in ("checkbox", "radio") or "checked" in tag:
            fields[said["name"]] = html.unescape(said.get("value", ""))
    for name, inner in re.findall(r'<select[^>]* name="([^"]*)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    for name, inner in re.findall(r'<textarea[^>]* name="([^"]*)".*?>\n?(.*?)</textarea>', form, re.S):
        fields[name] = html.unescape(inner)
    return fields
