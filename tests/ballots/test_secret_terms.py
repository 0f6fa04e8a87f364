"""What a ballot must be like to be secret, and the pure parts of it: papers of one length, keys, trackers."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ballots.calling import call_ballot
from app.ballots.casting.recording import Part, VotedAlready
from app.ballots.drafting import draft_ballot, find_ballot, items_of
from app.ballots.models import BallotState
from app.ballots.opening import open_ballot
from app.ballots.questions import Option, Question, QuestionKind, motion
from app.ballots.rules import CallRule, Need, Rule
from app.ballots.secret.casting import Sender, cast_secret
from app.ballots.secret.judging import GroupTooSmall, SharesUnknown
from app.ballots.secret.keys import KeysMissing, make_key
from app.ballots.secret.papers import Paper, length_of, read_paper, write_paper
from app.ballots.secret.sealing import OVERHEAD, NotACode, key_of, new_code, new_key, public_of, seal, unseal
from app.ballots.secret.terms import SecretPerHead, SecretUndivided
from app.ballots.secret.trackers import DrawnElsewhere, OwnPartBad, draw, make_tracker, place_of
from app.core import clock
from app.core.database import transaction
from app.law.thresholds import Threshold
from tests.ballots import booths, halls
from tests.ballots.halls import CALLED, FROZEN, OPENS, SLUG, START

OPTIONS = tuple(Option(f"Candidate {number}") for number in range(1, 61))
RANKED = Question(QuestionKind.RANKED, OPTIONS, seats=3, method="schulze")
SCORED = Question(QuestionKind.SCORE, OPTIONS, highest=100)


def test_weights_splits_and_rules_by_shares_are_refused_by_name(database) -> None:
    capital = Rule(
        CallRule((Need(Threshold("capital_for", "capital_represented_at_resolution", ">=", Fraction(3, 4))),))
    )
    with transaction() as session:
        halls.members(session, dict.fromkeys(booths.NAMES, 10))
        for wrong, why in (
            ({"basis": "one vote per share"}, SecretPerHead),
            ({"splits_allowed": True}, SecretUndivided),
        ):
            with pytest.raises(why), clock.at(START):
                draft_ballot(session, "wrong", halls.plan(**(booths.SECRET | wrong)), by=None)
        halls.drafted(session, halls.resolution(capital), slug="capital", **booths.SECRET)
        with pytest.raises(SharesUnknown), clock.at(CALLED):
            call_ballot(session, "capital", by=None)


def test_no_ballot_opens_with_a_group_too_small_or_without_two_keys(database) -> None:
    patrons = Rule(CallRule((Need(Threshold("patron_for", "patron_cast", ">", Fraction(1, 2))),)))
    with transaction() as session:
        halls.members(session, dict.fromkeys(booths.NAMES, 10))
        teller = halls.staff(session, "teo")
        for slug in ("apart", "alone"):
            halls.called(session, halls.resolution(patrons), slug=slug, **booths.SECRET)
            with clock.at(FROZEN):
                halls.freeze_electorate(session, slug, by=None)
        with clock.at(FROZEN):
            make_key(session, "alone", by=teller.id)
            make_key(session, "alone", by=teller.id)
        with clock.at(OPENS), pytest.raises(KeysMissing, match="1 have so far"):
            open_ballot(session, "alone", by=None)
        elector = halls.elector(session, "maya", "apart")
        session.connection().exec_driver_sql("ALTER TABLE elector DISABLE TRIGGER ALL")
        elector.kind = "investor"
        with clock.at(OPENS), pytest.raises(GroupTooSmall, match="investor there are 1"):
            open_ballot(session, "apart", by=None)
        assert find_ballot(session, "apart").state == BallotState.READY
        session.rollback()


def test_the_same_form_again_gives_the_same_receipt_and_no_second_vote(database) -> None:
    with booths.open_booth(changes_allowed=False) as (session, _):
        maya = halls.elector(session, "maya")
        item = items_of(session, find_ballot(session, SLUG))[0].id
        drawn = draw(maya.id)

        def cast(answer: str, own: str = "heron"):
            return cast_secret(
                session, SLUG, maya.id, {item: [Part(answer)]}, Sender(maya.person_id), own=own, drawn=drawn
            )

        first, again = cast("for"), cast("against")
        assert (first.tracker, first.known) == (again.tracker, False)
        assert (again.known, again.replaced) == (True, False)
        with pytest.raises(VotedAlready):
            cast("against", own="egret")
        with pytest.raises(VotedAlready):
            booths.vote(session, "maya", "against", tracker=first.tracker)


def test_keys_open_what_was_sealed_to_them_and_nothing_else() -> None:
    code, other = new_code(), new_key()
    key = key_of(code)
    assert key == key_of(f" {code.lower().replace('-', ' ')}") and key != key_of(new_code())
    sealed = seal(public_of(key), "one", b"content")
    assert len(sealed) == len(b"content") + OVERHEAD
    assert unseal(key, "one", sealed) == b"content"
    assert unseal(key, "two", sealed) is unseal(other, "one", sealed) is unseal(key, "one", sealed[:-1]) is None
    for wrong in ("", "ABCD", code[:-1], f"{code}-ABCD", code.replace(code[0], "1")):
        with pytest.raises(NotACode):
            key_of(wrong)


def test_a_tracker_is_the_voters_word_and_what_was_drawn_for_them() -> None:
    drawn = draw(7)
    assert make_tracker(" Heron ", 7, drawn) == make_tracker("heron", 7, drawn) != make_tracker("heron", 7, draw(7))
    for wrong in ("", "ab", "a" * 21, "two words", "héron", "a-b-c"):
        with pytest.raises(OwnPartBad):
            make_tracker(wrong, 7, drawn)
    for elector, proved in ((8, drawn), (7, drawn[:-2]), (7, "")):
        with pytest.raises(DrawnElsewhere):
            make_tracker("heron", elector, proved)
    assert len({place_of(1, f"heron-{n}", "", "", 50)[0] for n in range(500)}) > 40, "urns are chosen evenly"
    assert place_of(1, "heron-1", "", "", 50)[1] != place_of(1, "heron-1", "investor", "", 50)[1]


@settings(max_examples=40)
@given(st.permutations(range(1, 61)), st.sampled_from(["for", "against", "abstain"]), st.integers(1, 2**60))
def test_every_paper_is_as_long_as_every_other_and_reads_back(order, answer, item) -> None:
    colleges = ["usagères et usagers"]
    length = length_of([motion(), RANKED, SCORED], colleges)
    said = {item: answer, item + 1: ">".join(map(str, order)), item + 2: ",".join(f"{n}:100" for n in order)}
    full = Paper("k" * 48, "investor", colleges[0], tuple(said.items()))
    bare = Paper("abc-1", "", "", tuple(dict.fromkeys(said, "none").items()))
    assert {len(write_paper(paper, length)) for paper in (full, bare)} == {length}
    assert [read_paper(write_paper(paper, length)) for paper in (full, bare)] == [full, bare]
