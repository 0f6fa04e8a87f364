"""A recorded ballot from its notice to the certificate, and everything that is refused on the way."""

from datetime import timedelta
from fractions import Fraction
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.ballots.amending import NothingLeft, RuleFixed, amend_item, withdraw_item
from app.ballots.answers import NoAnswer
from app.ballots.calling import NothingToDecide, NoticeTooLate, RecordDateOutside, call_ballot
from app.ballots.casting.models import Channel, Vote
from app.ballots.casting.paper import VotedOtherwise, enter_paper, waiting_entries
from app.ballots.casting.recording import (
    NoSplits,
    NotOnTheRoll,
    NotOpenYet,
    OverTheWeight,
    Part,
    StaleForm,
    UnderTheWeight,
    VotedAlready,
    VotingClosed,
    Way,
    cast_vote,
)
from app.ballots.casting.stores import store_of
from app.ballots.drafting import (
    CollegesWrong,
    HoursReversed,
    StateChanged,
    add_item,
    draft_ballot,
    find_ballot,
    items_of,
)
from app.ballots.electorate.correcting import Line, OnTheRoll, propose_correction, propose_statement
from app.ballots.electorate.freezing import NobodyEntitled, RecordDateNotOver, freeze_electorate
from app.ballots.electorate.reading import electorate_of, roll_of, totals_now
from app.ballots.models import Ballot, BallotState
from app.ballots.opening import ClosesLater, ClosingStands, OpensLater, call_off, close_ballot, keep_time, move_closing
from app.ballots.questions import Option, Question, QuestionKind
from app.ballots.result.certifying import (
    ResultChanged,
    SeedMissing,
    certificate_of,
    contest_result,
    count_ballot,
    objections_of,
    propose_certification,
    raise_objection,
    result_of,
)
from app.ballots.result.following import CalledAgain, QuorumWasMet, call_again
from app.ballots.result.minutes import MinutesChanged, MinutesSigned, minutes_of, sign_minutes, write_minutes
from app.ballots.rules import law_rule
from app.ballots.stating import College
from app.core import clock
from app.core.database import transaction
from app.core.errors import InvalidInput
from app.law.profiles import profile
from app.members.approvals.approving import OwnProposal, decide
from app.worker import run_until_idle
from tests import make
from tests.ballots import halls
from tests.ballots.halls import CALLED, CLOSES, FROZEN, OPENS, SLUG, WHILE_OPEN, open_hall
from tests.races import at_once, overlapping

BOARD = Question(QuestionKind.RANKED, tuple(map(Option, ("Ada", "Ben", "Cleo"))), seats=2, method="scottish-stv")


def test_a_ballot_goes_from_notice_to_a_certified_result(database) -> None:
    law = law_rule(profile("us-de-251"), "approvals.holders.threshold")
    with transaction() as session:
        halls.members(session)
        board = halls.resolution(question=BOARD, rule=None)
        halls.opened(session, halls.resolution(law), board, law="us-de-251", zone="America/New_York")
        first, second = halls.staff(session, "teo"), halls.staff(session, "tia")
    with clock.at(WHILE_OPEN):
        assert run_until_idle() == []
    with transaction() as session, clock.at(WHILE_OPEN):
        assert make.letters(session, "maya@example.org")[-2:] == ["ballot-notice", "ballot-open"]
        halls.vote(session, "maya", "against", "1>2")
        halls.vote(session, "wei", "for", "2>1")
        halls.vote(session, "maya", "for", "3>1")
        took_part = store_of(find_ballot(session, SLUG)).turnout(session, find_ballot(session, SLUG))
        assert (took_part.electors, took_part.weight) == (2, 160)
    with transaction() as session, clock.at(CLOSES):
        keep_time(session)
        result = count_ballot(session, SLUG, by=None)
        conversion, board = result.facts["items"]
        assert conversion["counts"]["all"] == {"for": 160, "against": 0, "abstain": 0}
        assert conversion["carried"] is True
        assert conversion["comparisons"] == ["for × 2 > outstanding_entitled × 1: 320 > 200 is true"]
        assert board["count"]["elected"] == [3, 2]
        proposal = propose_certification(session, SLUG, by=first, statement="I counted and found it right.")
        with pytest.raises(OwnProposal):
            decide(session, proposal.id, approve=True, by=first, reason="again")
        decide(session, proposal.id, approve=True, by=second, reason="I counted too.")
        certificate = certificate_of(session, find_ballot(session, SLUG))
        assert certificate is not None
        assert certificate.sha256 == result.sha256
        assert find_ballot(session, SLUG).state == BallotState.CERTIFIED


def test_a_missed_quorum_is_called_again_with_a_quorum_of_its_own(database) -> None:
    rule = halls.quorum("1/2", second="1/5")
    with open_hall(halls.resolution(rule)) as session:
        halls.vote(session, "wei", "for")
    with transaction() as session:
        halls.closed(session)
        with clock.at(CLOSES):
            facts = count_ballot(session, SLUG, by=None).facts["items"][0]
            assert (facts["quorate"], facts["carried"]) == (False, False)
            assert facts["quorum_comparison"] == "present × 2 >= shares_with_votes × 1: 120 >= 200 is false"
            later = {
                "record_date": (CLOSES + timedelta(days=2)).date(),
                "opens_at": CLOSES + timedelta(days=20),
                "closes_at": CLOSES + timedelta(days=30),
            }
            again = call_again(session, SLUG, "convert-again", by=None, **later)
            with pytest.raises(CalledAgain):
                call_again(session, SLUG, "convert-thrice", by=None, **later)
            assert (again.call, len(items_of(session, again))) == (2, 1)
            call_ballot(session, "convert-again", by=None)
        for days in (4, 21):
            with clock.at(CLOSES + timedelta(days=days)):
                keep_time(session)
        with clock.at(CLOSES + timedelta(days=22)):
            halls.vote(session, "ana", "for", slug="convert-again")
        with clock.at(CLOSES + timedelta(days=30)):
            keep_time(session)
            facts = count_ballot(session, "convert-again", by=None).facts["items"][0]
            assert (facts["quorate"], facts["carried"]) == (True, True)
            with pytest.raises(QuorumWasMet):
                call_again(session, "convert-again", "convert-thrice", by=None, **later)


def test_a_notice_that_is_late_or_says_nothing_is_refused(database) -> None:
    with transaction() as session:
        with clock.at(halls.START):
            draft_ballot(session, SLUG, halls.plan(law="us-de-251", zone="America/New_York"), by=None)
            with pytest.raises(NothingToDecide):
                call_ballot(session, SLUG, by=None)
            add_item(session, SLUG, halls.resolution(), by=None)
        with clock.at(OPENS - timedelta(days=20)), pytest.raises(NoticeTooLate, match="20 are needed"):
            call_ballot(
                session, SLUG, by=None
            )  # the profile says nothing of clear days, so the stricter count is taken
        with clock.at(OPENS - timedelta(days=21)):
            call_ballot(session, SLUG, by=None)
        halls.drafted(session, slug="own", notice_days=14)
        with clock.at(OPENS - timedelta(days=13)), pytest.raises(NoticeTooLate, match="ask for 14"):
            call_ballot(session, "own", by=None)
        near = (OPENS - timedelta(days=3)).date()
        halls.drafted(session, slug="near", law="us-de-251", record_date=near)
        with clock.at(CALLED), pytest.raises(RecordDateOutside):
            call_ballot(session, "near", by=None)
        with clock.at(halls.START), pytest.raises(HoursReversed):
            draft_ballot(session, "never", halls.plan(closes_at=OPENS), by=None)
        with clock.at(halls.START), pytest.raises(CollegesWrong):
            draft_ballot(session, "half", halls.plan(colleges=(College("users", Fraction(1, 2), ("A",)),)), by=None)


def test_votes_outside_the_hours_the_roll_or_the_weight_are_refused_and_nothing_is_kept(database) -> None:
    with transaction() as session:
        halls.members(session)
        stranger = make.person(session, "eve@example.org", "Eve")
        halls.called(session, splits_allowed=True)
        with clock.at(CALLED), pytest.raises(NotOpenYet):
            cast_vote(session, SLUG, 1, {}, Way(stranger.id, str(uuid4())))
        with clock.at(FROZEN):
            keep_time(session)
        with clock.at(OPENS - timedelta(seconds=1)), pytest.raises(NotOpenYet):
            halls.vote(session, "maya", "for")
        with clock.at(OPENS):
            keep_time(session)
        with clock.at(WHILE_OPEN):
            maya = halls.elector(session, "maya")
            item = items_of(session, find_ballot(session, SLUG))[0].id

            def cast(*parts: Part, by: int = maya.person_id) -> Vote:
                return cast_vote(session, SLUG, maya.id, {item: parts}, Way(by, str(uuid4())))

            with pytest.raises(NotOnTheRoll):
                cast(Part("for"), by=stranger.id)
            for parts, why in (
                ((Part("for", 99), Part("against", 2)), OverTheWeight),
                ((Part("for", 99),), UnderTheWeight),
                ((Part("for", 0),), UnderTheWeight),
                ((Part(""),), NoAnswer),
            ):
                with pytest.raises(InvalidInput) as refused:
                    cast(*parts)
                assert isinstance(refused.value.problems[f"item-{item}"], why)
            assert session.scalar(select(func.count()).select_from(Vote)) == 0
            cast(Part("for", 60), Part("against", 40))
        with clock.at(CLOSES), pytest.raises(VotingClosed):
            halls.vote(session, "wei", "for")
        halls.closed(session)
        with clock.at(CLOSES):
            facts = count_ballot(session, SLUG, by=None).facts["items"][0]
        assert facts["counts"]["all"] == {"for": 60, "against": 40, "abstain": 0}


def test_a_vote_is_changed_from_what_was_seen_only_and_where_that_is_allowed(database) -> None:
    with open_hall() as session:
        first = halls.vote(session, "maya", "for", form_key="one")
        assert halls.vote(session, "maya", "for", form_key="one").id == first.id
        with pytest.raises(StaleForm):
            halls.vote(session, "maya", "against", seen=None)
        second = halls.vote(session, "maya", "against", seen=first.id)
        assert second.replaces_id == first.id
        with pytest.raises(InvalidInput) as refused:
            who = halls.elector(session, "wei")
            parts = {items_of(session, find_ballot(session, SLUG))[0].id: [Part("for", 30), Part("against", 30)]}
            cast_vote(session, SLUG, who.id, parts, Way(who.person_id, str(uuid4())))
        assert isinstance(next(iter(refused.value.problems.values())), NoSplits)
    with transaction() as session:
        halls.opened(session, slug="once", changes_allowed=False)
        with clock.at(WHILE_OPEN):
            halls.vote(session, "maya", "for", slug="once")
            with pytest.raises(VotedAlready):
                halls.vote(session, "maya", "against", slug="once")


def test_of_two_tabs_one_vote_counts_and_the_other_is_told(database) -> None:
    with open_hall():
        pass
    with clock.at(WHILE_OPEN):
        outcomes = at_once(
            *[lambda session, a=a: halls.vote(session, "maya", a, seen=None) for a in ("for", "against")]
        )
        assert sorted(type(each).__name__ for each in outcomes) == ["StaleForm", "Vote"]
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Vote)) == 1


def test_a_vote_against_the_close_is_in_or_is_told_that_it_is_late(database) -> None:
    with open_hall():
        pass
    last = CLOSES - timedelta(seconds=1)

    def late(session) -> Ballot:
        with clock.at(CLOSES):
            return close_ballot(session, SLUG, by=None)

    def in_time(session) -> Vote:
        with clock.at(last):
            return halls.vote(session, "maya", "for")

    voted, ended = overlapping(in_time, late)
    assert isinstance(voted, Vote)
    assert isinstance(ended, Ballot)
    with transaction() as session, clock.at(CLOSES):
        assert count_ballot(session, SLUG, by=None).facts["turnout"]["electors"] == 1
        halls.opened(session, slug="other")
    assert isinstance(overlapping(lambda s: late_of(s, "other"), lambda s: vote_of(s, "other"))[1], VotingClosed)


def late_of(session, slug: str) -> Ballot:
    with clock.at(CLOSES):
        return close_ballot(session, slug, by=None)


def vote_of(session, slug: str) -> Vote:
    with clock.at(CLOSES - timedelta(seconds=1)):
        return halls.vote(session, "maya", "for", slug=slug)


def test_the_hours_stand_once_votes_came_in(database) -> None:
    with open_hall() as session:
        with pytest.raises(ClosesLater):
            close_ballot(session, SLUG, by=None)
        move_closing(session, SLUG, CLOSES + timedelta(days=1), by=None, reason="the post is late")
        halls.vote(session, "maya", "for")
        with pytest.raises(ClosingStands):
            move_closing(session, SLUG, CLOSES + timedelta(days=2), by=None, reason="the post is later")
        call_off(session, SLUG, by=None, reason="withdrawn by the board")
        with pytest.raises(StateChanged):
            count_ballot(session, SLUG, by=None)


def test_an_electorate_is_frozen_after_its_day_from_the_register_or_refused(database) -> None:
    with transaction() as session:
        halls.called(session)
        with clock.at(CALLED), pytest.raises(RecordDateNotOver):
            freeze_electorate(session, SLUG, by=None)
        with clock.at(FROZEN), pytest.raises(NobodyEntitled):
            freeze_electorate(session, SLUG, by=None)
        with clock.at(FROZEN):
            keep_time(session)
        assert find_ballot(session, SLUG).state == BallotState.CALLED
        halls.members(session)
        halls.called(session, slug="heads", basis="one vote per member", votes_cap=None)
        halls.called(session, slug="capped", votes_cap=50)
        with clock.at(FROZEN - timedelta(days=1)):
            make.lot(session, make.member(session, "late@example.org", "Late"), 10)
        with clock.at(FROZEN):
            assert freeze_electorate(session, "heads", by=None).weight == 3
            frozen = freeze_electorate(session, "capped", by=None)
            assert (frozen.electors, frozen.weight, frozen.shares) == (3, 140, 200)
            with pytest.raises(OpensLater):
                from app.ballots.opening import open_ballot

                open_ballot(session, "capped", by=None)
        weights = {row.name: row.weight for row in session.scalars(roll_of(find_ballot(session, "capped")))}
        assert weights == {"Maya": 50, "Wei": 50, "Ana": 40}


def test_colleges_weigh_as_the_statutes_say_and_investors_are_counted_apart(database) -> None:
    colleges = (College("users", Fraction(1, 2), ("A",)), College("workers", Fraction(1, 2), ("B",)))
    levels = law_rule(profile("us-co-lca"), "voting/pass")
    with transaction() as session:
        halls.members(session, {"maya": 10, "wei": 10})
        with clock.at(halls.START):
            make.lot(session, make.member(session, "ana@example.org", "Ana"), 10, code="B")
        halls.opened(session, colleges=colleges, basis="one vote per member")
        halls.opened(session, halls.resolution(levels), slug="two-levels", investor_classes=("B",))
        with clock.at(WHILE_OPEN):
            for name, said in (("maya", "for"), ("wei", "against"), ("ana", "for")):
                halls.vote(session, name, said)
                halls.vote(session, name, said, slug="two-levels")
        for slug in (SLUG, "two-levels"):
            halls.closed(session, slug)
        with clock.at(CLOSES):
            facts = count_ballot(session, SLUG, by=None).facts["items"][0]
            assert facts["comparisons"] == ["for × 2 > cast_for_against × 1: 3/2 > 1 is true"]
            dual = count_ballot(session, "two-levels", by=None).facts["items"][0]
            assert dual["counts"]["patrons"] == {"for": 10, "against": 10, "abstain": 0}
            assert dual["carried"] is False


def test_a_roll_is_corrected_by_two_people_and_brokers_holders_stand_beside_it(database) -> None:
    with open_hall() as session:
        one, two = halls.staff(session, "teo"), halls.staff(session, "tia")
        halls.vote(session, "wei", "against")
        wei, frozen = halls.elector(session, "wei"), electorate_of(session, find_ballot(session, SLUG))
        make.person(session, "zoe@example.org", "Zoe")
        with pytest.raises(OnTheRoll):
            propose_correction(session, SLUG, struck_id=None, added=Line("maya@example.org", 5), by=one, reason="no")
        proposal = propose_correction(
            session, SLUG, struck_id=wei.id, added=Line("wei@example.org", 20, 20), by=one, reason="40 were sold before"
        )
        decide(session, proposal.id, approve=True, by=two, reason="seen in the register")
        statement = propose_statement(
            session,
            SLUG,
            Line("zoe@example.org", 7, 7),
            broker="First Broker",
            reference="S-1",
            held_on=halls.RECORD,
            by=one,
        )
        decide(session, statement.id, approve=True, by=two, reason="seen")
        assert totals_now(session, find_ballot(session, SLUG)).weight == 167
        assert frozen is not None
        assert frozen.weight == 200
        halls.vote(session, "zoe", "for")
    with transaction() as session:
        halls.closed(session)
        with clock.at(CLOSES):
            facts = count_ballot(session, SLUG, by=None).facts
        assert facts["items"][0]["counts"]["all"] == {"for": 7, "against": 0, "abstain": 0}
        assert facts["electorate"]["corrections"] == 2


def test_paper_ballots_are_cast_when_two_tellers_read_the_same(database) -> None:
    with open_hall() as session:
        one, two = halls.staff(session, "teo").id, halls.staff(session, "tia").id
        maya, item = halls.elector(session, "maya").id, items_of(session, find_ballot(session, SLUG))[0].id

        def enter(by: int, said: str) -> int | None:
            return enter_paper(session, SLUG, maya, {item: [Part(said)]}, channel=Channel.POSTAL, by=by).vote_id

        assert enter(one, "for") is None
        assert enter(one, "for") is None
        assert enter(two, "against") is None
        assert [len(entries) for _, entries in waiting_entries(session, SLUG)] == [2]
        assert enter(two, "for") is not None
        assert waiting_entries(session, SLUG) == []
        with pytest.raises(VotedOtherwise):
            enter(one, "for")


def test_resolutions_are_amended_and_withdrawn_by_new_rows(database) -> None:
    other = halls.resolution(title={"en": "Budget"})
    with transaction() as session:
        halls.members(session)
        halls.called(session, halls.resolution(), other)
        first, second = (item.id for item in items_of(session, find_ballot(session, SLUG)))
        with clock.at(CALLED):
            changed = halls.resolution(text={"en": "The company becomes a co-operative in May."})
            assert amend_item(session, SLUG, first, changed, by=None, reason="moved by a member").text.is_amendment
            with pytest.raises(RuleFixed):
                amend_item(session, SLUG, first, halls.resolution(halls.quorum("1/4")), by=None, reason="easier")
            withdraw_item(session, SLUG, second, by=None, reason="not needed")
            with pytest.raises(NothingLeft):
                withdraw_item(session, SLUG, first, by=None, reason="nor this")
        for at in (FROZEN, OPENS):
            with clock.at(at):
                keep_time(session)
        with clock.at(WHILE_OPEN):
            halls.vote(session, "maya", "for")
        halls.closed(session)
        with clock.at(CLOSES):
            facts = count_ballot(session, SLUG, by=None).facts["items"]
        assert [(each["withdrawn"], each["version"]) for each in facts] == [(False, 2), (True, 1)]


def test_results_can_be_objected_to_and_minutes_are_final_once_signed(database) -> None:
    with open_hall(seed_from="The numbers of the lottery of 20 February 2027") as session:
        one, two = halls.staff(session, "teo"), halls.staff(session, "tia")
        maya = halls.vote(session, "maya", "for")
        raise_objection(session, SLUG, maya.cast_by, statement="The notice came late.")
    with transaction() as session:
        halls.closed(session)
        with clock.at(CLOSES):
            with pytest.raises(SeedMissing):
                count_ballot(session, SLUG, by=None)
            count_ballot(session, SLUG, by=None, seed="4 8 15")
            proposal = propose_certification(session, SLUG, by=one, statement="right")
            contest_result(session, SLUG, by=two.id, reason="one ballot was read wrongly")
            again = count_ballot(session, SLUG, by=None, seed="4 8 15 16")
            with pytest.raises(ResultChanged):
                decide(session, proposal.id, approve=True, by=two, reason="right")
            session.expire_all()
            ballot = find_ballot(session, SLUG)
            assert result_of(session, ballot).id == again.id
            assert [row.statement for row in objections_of(session, ballot)] == ["The notice came late."]
            read = write_minutes(session, SLUG, "It was decided.", language="en", by=one.id)
            kept = write_minutes(session, SLUG, "It was decided to convert.", language="en", by=one.id)
            with pytest.raises(MinutesChanged):
                sign_minutes(session, SLUG, read.sha256, capacity="chair", by=one.id)
            sign_minutes(session, SLUG, kept.sha256, capacity="chair", by=one.id)
            with pytest.raises(MinutesSigned):
                write_minutes(session, SLUG, "Otherwise.", language="en", by=one.id)
            assert minutes_of(session, ballot).version == 2
