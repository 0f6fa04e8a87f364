"""Discussions of motions: comments in versions, moderators whom a certified ballot elected, their log, and appeals."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.ballots.motions.discussion import appealing, commenting, moderating, moderators
from app.ballots.motions.discussion.showing import log
from app.ballots.motions.keeping import MembersOnly
from app.ballots.motions.proofs import PROOFS
from app.ballots.questions import Option, Question, QuestionKind
from app.ballots.result.certifying import count_ballot, propose_certification
from app.core import clock
from app.core.database import new_session, transaction
from app.core.limits import Try, count
from app.members.approvals.approving import decide
from app.members.models import Person
from app.members.persons import find_person
from app.members.roles import NotToOneself, ReasonMissing
from app.web.limiting import COMMENT_PERSON
from tests import make
from tests.ballots import halls
from tests.ballots.test_ballot_pages import send
from tests.ballots.test_motions import free, idea
from tests.exports.test_trail import browser

NAMES = ("maya", "wei", "ana", "ivo")
NOW = clock.now()
TODAY = NOW.date()
SEATS = Question(QuestionKind.RANKED, tuple(map(Option, ("Maya", "Wei", "Ivo"))), seats=2, method="scottish-stv")


@pytest.fixture
def hall(database, monkeypatch) -> dict[str, Person]:
    """Members of whom a certified ballot elected Maya and Wei as moderators; a motion of Ivo's."""
    shift = NOW - halls.CLOSES - timedelta(days=2)
    for name in ("START", "CALLED", "FROZEN", "OPENS", "CLOSES", "WHILE_OPEN"):
        monkeypatch.setattr(halls, name, getattr(halls, name) + shift)
    hours = {"opens_at": halls.OPENS, "closes_at": halls.CLOSES, "record_date": halls.FROZEN.date() - timedelta(days=1)}
    with transaction() as session:
        halls.members(session, dict.fromkeys(NAMES, 10))
        people = {name: find_person(session, f"{name}@example.org") for name in NAMES}
        roles = {
            "organizer": "organizer",
            "secretary": "secretary",
            "auditor": "auditor",
            "teo": "teller",
            "tia": "teller",
        }
        people |= {name: halls.staff(session, name, role) for name, role in roles.items()}
        seats = halls.resolution(question=SEATS, rule=None, title={"en": "Moderators"})
        halls.opened(session, seats, basis="one vote per member", **hours)
        with clock.at(halls.WHILE_OPEN):
            for name, said in (("maya", "1>2"), ("wei", "2>1"), ("ana", "2>3"), ("ivo", "1>3")):
                halls.vote(session, name, said)
        halls.closed(session)
        count_ballot(session, halls.SLUG, by=None)
        proposal = propose_certification(session, halls.SLUG, by=people["teo"], statement="I counted.")
        assert moderators.mandates(session, "en") == []
        decide(session, proposal.id, approve=True, by=people["tia"], reason="I counted too.")
        elected = {each.elected_as: each.key for each in moderators.mandates(session, "en")}
        assert set(elected) == {"Maya", "Wei"}
        term = moderators.Term(TODAY, TODAY + timedelta(days=365))
        enter = {"by": people["organizer"], "reason": "elected"}
        with pytest.raises(moderators.NameDiffers):
            moderators.propose_moderator(session, people["ana"], elected["Maya"], term, **enter)
        with pytest.raises(moderators.NotElected):
            moderators.propose_moderator(session, people["ivo"], elected["Maya"].replace("Maya", "Ivo"), term, **enter)
        with pytest.raises(NotToOneself):
            maya = {"by": people["maya"], "reason": "elected"}
            moderators.propose_moderator(session, people["maya"], elected["Maya"], term, **maya)
        for name in ("maya", "wei"):
            proposal = moderators.propose_moderator(session, people[name], elected[name.title()], term, **enter)
            assert not moderators.moderates(session, people[name].id)
            decide(session, proposal.id, approve=True, by=people["secretary"], reason="so it is")
            assert moderators.moderates(session, people[name].id)
        idea(session, people["ivo"].id, free())
        return people


def test_a_comment_is_hidden_by_a_rule_and_shown_again_by_another_moderator(hall) -> None:
    maya, wei, ana, ivo = (hall[name].id for name in NAMES)
    with transaction() as session:
        with pytest.raises(MembersOnly):
            commenting.post_comment(session, 1, "As staff.", by=hall["organizer"].id, form_key="1")
        said = commenting.post_comment(session, 1, "You are a fool.", by=ana, form_key="1")
        assert commenting.post_comment(session, 1, "You are a fool.", by=ana, form_key="1").id == said.id
        assert commenting.change_comment(session, said.id, "You are foolish.", by=ana).version == 2
        with pytest.raises(commenting.NotAuthor):
            commenting.change_comment(session, said.id, "I agree.", by=ivo)
        act = {"rule": 1, "reason": "It insults the proposer."}
        with pytest.raises(moderating.NotModerator):
            moderating.moderate_comment(session, said.id, hide=True, by=ivo, **act)
        with pytest.raises(ReasonMissing):
            moderating.moderate_comment(session, said.id, hide=True, by=maya, rule=1, reason=" ")
        with pytest.raises(moderating.UnknownRule):
            moderating.moderate_comment(session, said.id, hide=True, by=maya, rule=9, reason="x")
        with pytest.raises(moderating.ModeratedAlready):
            moderating.moderate_comment(session, said.id, hide=False, by=maya, **act)
        hidden = moderating.moderate_comment(session, said.id, hide=True, by=maya, **act)
        with pytest.raises(commenting.CommentHidden):
            commenting.change_comment(session, said.id, "You are wise.", by=ana)
        with pytest.raises(appealing.NotConcerned):
            appealing.appeal(session, hidden.id, "Let her speak.", by=ivo)
        appealing.appeal(session, hidden.id, "It is only an opinion.", by=ana)
        with pytest.raises(appealing.AppealedAlready):
            appealing.appeal(session, hidden.id, "Again.", by=ana)
        with pytest.raises(appealing.SameModerator):
            appealing.decide_appeal(session, hidden.id, grant=False, reason="I know best.", by=maya)
        with pytest.raises(moderating.NotModerator):
            appealing.decide_appeal(session, hidden.id, grant=True, reason="Why not", by=ivo)
        assert len(appealing.waiting_appeals(session)) == 1
        appealing.decide_appeal(session, hidden.id, grant=True, reason="It is harsh, and allowed.", by=wei)
        with pytest.raises(appealing.AppealDecided):
            appealing.decide_appeal(session, hidden.id, grant=False, reason="No.", by=wei)
        lines = log(session, "en")
        assert [(line.act.kind, line.moderator) for line in lines] == [
            ("comment shown again", "Wei"), ("comment hidden", "Maya"),
        ]  # fmt: skip
        assert lines[1].decision.granted and lines[1].rule.startswith("No insults")
        assert make.letters(session, "ana@example.org")[-2:] == ["comment-hidden", "appeal-decided"]
        own = commenting.post_comment(session, 1, "Calm down.", by=maya, form_key="2")
        with pytest.raises(moderating.OwnMatter):
            moderating.moderate_comment(session, own.id, hide=True, by=maya, **act)
        moderating.lock_discussion(session, 1, lock=True, rule=5, reason="It turns in circles.", by=wei)
        with pytest.raises(commenting.DiscussionLocked):
            commenting.post_comment(session, 1, "One more thing.", by=ana, form_key="3")
        commenting.withdraw_comment(session, own.id, by=maya)
        with pytest.raises(commenting.CommentGone):
            commenting.withdraw_comment(session, own.id, by=maya)
        removal = moderators.propose_removal(session, 2, by=hall["organizer"], reason="recalled by the members")
        decide(session, removal.id, approve=True, by=hall["secretary"], reason="so resolved")
        assert not moderators.moderates(session, wei)
        moderators.resign_moderator(session, by=maya, reason="no time")
        assert moderators.moderators_now(session) == []
    with new_session() as session:  # what a liar could write behind the acts, and takes back here
        lie = "INSERT INTO motion_moderation (motion_id, kind, rule, reason, at, by)"
        session.execute(text(f"{lie} VALUES (1, 'x', '{{}}', 'x', now(), :by)"), {"by": ivo})
        assert any("no moderator" in line for line in wrong(session))


def wrong(session) -> list[str]:
    """What the proofs of motions find."""
    return [line for proof in PROOFS for line in proof.check(session).wrong]


def test_the_hidden_text_is_read_by_its_author_moderators_and_auditors_only(hall, monkeypatch) -> None:
    maya, wei, ana, ivo, auditor = (browser(hall[name], monkeypatch) for name in (*NAMES, "auditor"))
    at = "/motions/1"
    words = "<script>alert(1)</script> Fool!"
    page = send(ana, at, f"{at}/comments", text=words).text
    assert "Your comment is there" in page and "&lt;script&gt;alert(1)" in page and "<script>alert" not in page
    assert "Fool!" in ivo.get(at).text and "Lock the discussion" not in ivo.get(at).text
    one = "/motions/comments/1"
    assert "new version is kept" in send(ana, one, one, text="Fool, I say!").text
    assert "Choose the rule" in send(maya, one, f"{one}/moderation", reason="An insult.").text
    assert "stands in the log" in send(maya, one, f"{one}/moderation", rule="1", reason="An insult.").text
    reads = {name: "Fool" in who.get(at).text for name, who in
             (("maya", maya), ("wei", wei), ("ana", ana), ("ivo", ivo), ("auditor", auditor))}  # fmt: skip
    assert reads == {"maya": True, "wei": True, "ana": True, "ivo": False, "auditor": True}
    assert "Fool" not in ivo.get(one).text and "hidden by a moderator" in ivo.get(at).text
    act = "/motions/moderations/1"
    assert "Fool" not in ivo.get(act).text and "An insult." in ivo.get(act).text
    assert "Another moderator decides" in send(ana, act, f"{act}/appeal", text="Only a word.").text
    assert "Only a word" not in ivo.get(act).text and f"{act}/decision" not in maya.get(act).text
    assert "The appeal is decided" in send(wei, act, f"{act}/decision", decision="grant", reason="Fine.").text
    assert "Fool" in ivo.get(at).text and "appeal granted" in ivo.get("/motions/log").text
    for _ in range(18):
        count(Try(COMMENT_PERSON, str(hall["ana"].id)))
    assert send(ana, one, one, text="Again.").status_code == 429
    assert "stands in the log" in send(wei, at, f"{at}/lock", rule="5", reason="Enough.").text
    assert "has locked this discussion" in ana.get(at).text
    organizer = browser(hall["organizer"], monkeypatch)
    assert "Enter an elected moderator" in organizer.get("/desk/motions/moderators").text
    entry = {"mandate": f"{halls.SLUG}/1/Wei", "email": "wei@example.org", "valid_from": "2027-01-01"}
    wrong_term = send(organizer, "/desk/motions/moderators", "/desk/motions/moderators", **entry, reason="x")
    assert wrong_term.status_code == 422 and "Last day" in wrong_term.text
    assert "Please choose" in organizer.get("/desk/motions/moderators").text
    assert ana.get(f"{at}?lang=fr").status_code == ana.get("/motions/log?lang=fr").status_code == 200
