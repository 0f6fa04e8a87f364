"""Standing delegations: given, accepted, used on ballots about their topic within the law, seen, and taken back."""

import re
from datetime import timedelta

import pytest

from app.ballots.bundle.format import read_bundle
from app.ballots.bundle.verifying import holds, verify_bundle
from app.ballots.bundle.writing import bundle_of
from app.ballots.delegations.ending import end_delegation
from app.ballots.delegations.giving import (
    DelegationCircle,
    MembersDelegate,
    OneDelegation,
    answer_delegation,
    give_delegation,
)
from app.ballots.delegations.models import DelegationUse
from app.ballots.delegations.reading import given_by, uses_of
from app.ballots.delegations.topics import NoTopicInSecret, StandingBarred, TopicThere, add_topic
from app.ballots.delegations.using import use_delegations
from app.ballots.drafting import find_ballot
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.opening import open_ballot
from app.ballots.proxies.appointing import AnsweredBefore, OwnProxy, UntilPast
from app.ballots.proxies.ending import EndedBefore
from app.ballots.proxies.reading import ProxyState, proxies_of
from app.ballots.result.certifying import count_ballot
from app.core import clock
from app.core.database import transaction
from app.core.errors import NotFound
from app.members.persons import find_person, name_of
from app.members.roles import UnknownPerson
from tests import make
from tests.ballots import halls
from tests.ballots.halls import CLOSES, FROZEN, OPENS, SLUG, START, WHILE_OPEN
from tests.ballots.test_ballot_pages import send
from tests.ballots.test_proxies import cast, person
from tests.exports.test_trail import browser
from tests.races import at_once

FIVE = {"maya": 100, "wei": 60, "ana": 40, "zoe": 10, "kim": 5}


def give(session, name: str, to: str, topic: int, *, accept: bool = True, **said) -> int:
    row = give_delegation(session, topic, f"{to}@example.org", by=person(session, name), **said)
    if accept:
        answer_delegation(session, row.id, accept=True, by=person(session, to))
    return row.id


def test_a_voice_delegated_by_topic_is_used_seen_and_taken_back(database) -> None:
    with transaction() as session:
        halls.members(session, FIVE)
        with clock.at(START):
            fees = add_topic(session, {"en": "Fees", "fr": "Frais"}, by=None).id
            other = add_topic(session, {"en": "Elections"}, by=None).id
            with pytest.raises(TopicThere):
                add_topic(session, {"en": "fees"}, by=None)
            make.person(session, "eve@example.org", "Eve")
            day = START.date()
            for problem, name, to, said in (
                (OwnProxy, "maya", "maya", {}), (UnknownPerson, "maya", "nobody", {}),
                (MembersDelegate, "eve", "maya", {}), (UntilPast, "maya", "wei", {"valid_until": day - timedelta(1)}),
            ):  # fmt: skip
                with pytest.raises(problem):
                    give(session, name, to, fees, **said)
            maya = give(session, "maya", "wei", fees)
            assert make.letters(session, "wei@example.org")[-1] == "delegation-asked"
            assert make.letters(session, "maya@example.org")[-1] == "delegation-accepted"
            with pytest.raises(OneDelegation, match="Wei votes for you on this topic already"):
                give(session, "maya", "ana", fees)
            with pytest.raises(AnsweredBefore):
                answer_delegation(session, maya, accept=False, by=person(session, "wei"))
            with pytest.raises(NotFound):
                end_delegation(session, maya, by=person(session, "ana").id)
            give(session, "wei", "zoe", fees)
            with pytest.raises(DelegationCircle, match="The votes of Maya on this topic"):
                give(session, "zoe", "maya", fees)
            ana, kim = give(session, "ana", "wei", fees), give(session, "kim", "wei", fees)
            give(session, "zoe", "maya", other)
            for wrong, why in (({"casting": "secret", "basis": "one vote per member"}, NoTopicInSecret),
                               ({"law": "fr-sa-scic"}, StandingBarred)):  # fmt: skip
                with pytest.raises(why), session.begin_nested():
                    halls.draft_ballot(session, "barred", halls.plan(topic_id=fees, **wrong), by=None)
    with transaction() as session:
        halls.called(session, law="de-eg", zone="Europe/Berlin", topic_id=fees)
        with clock.at(FROZEN):
            freeze_electorate(session, SLUG, by=None)
        with clock.at(OPENS):
            ballot = open_ballot(session, SLUG, by=None)
            use_delegations(session, ballot.id, after=0)
            use_delegations(session, ballot.id, after=0)
        assert session.query(DelegationUse).count() == 3, "two of Wei's by the law, and Wei's own to Zoe"
        assert make.letters(session, "wei@example.org").count("delegations-open") == 1
        assert make.letters(session, "kim@example.org")[-1] == "delegation-unused"
    with transaction() as session, clock.at(WHILE_OPEN):
        ballot = find_ballot(session, SLUG)
        held = {
            name_of(session, each.proxy.principal): each
            for each in proxies_of(session, ballot, holder=person(session, "wei").id)
        }
        assert set(held) == {"Maya", "Ana"} and all(each.state == ProxyState.ACCEPTED for each in held.values())
        cast(session, held["Maya"].proxy.id, "wei", "for")
        assert make.letters(session, "maya@example.org")[-1] == "ballot-proxy-used"
        given = given_by(session, person(session, "maya").id)[0].delegation
        (use,) = uses_of(session, given, "fr")
        assert use.voted and use.answers == ((1, "Conversion", "Pour"),)
        halls.vote(session, "maya", "against", seen=halls.standing_vote(session, halls.elector(session, "maya").id).id)
        (use,) = uses_of(session, given, "en")
        assert use.themself and not use.answers, "the own vote goes before, and the delegation stays"
        assert given_by(session, person(session, "maya").id)[0].is_live
        end_delegation(session, ana, by=person(session, "ana").id)
        with pytest.raises(EndedBefore):
            cast(session, held["Ana"].proxy.id, "wei", "for")
        with pytest.raises(EndedBefore):
            end_delegation(session, ana, by=person(session, "wei").id)
        end_delegation(session, kim, by=person(session, "wei").id)
    with transaction() as session, clock.at(CLOSES):
        ballot = halls.closed(session)
        facts = count_ballot(session, SLUG, by=None).facts
        assert facts["items"][0]["counts"]["all"] == {"for": 0, "against": 100, "abstain": 0}
        assert holds(verify_bundle(read_bundle(bundle_of(session, ballot, full=True))))


def test_two_who_delegate_to_each_other_at_once_make_no_circle(database) -> None:
    with transaction() as session:
        halls.members(session)
        with clock.at(START):
            topic = add_topic(session, {"en": "Fees"}, by=None).id
    with clock.at(START):
        outcomes = at_once(
            *[
                lambda session, a=a, b=b: give(session, a, b, topic, accept=False)
                for a, b in (("maya", "wei"), ("wei", "maya"))
            ]
        )
    assert sorted(type(each).__name__ for each in outcomes) == ["DelegationCircle", "int"]


def test_a_member_delegates_and_sees_the_use_on_a_page(database, monkeypatch) -> None:
    with transaction() as session:
        halls.members(session)
        organizer = make.staff(session, "organizer")
        people = {name: find_person(session, f"{name}@example.org") for name in ("maya", "wei")}
    desk = browser(organizer, monkeypatch)
    assert "The topic is added" in send(desk, "/desk/topics", "/desk/topics", name_en="Fees", name_fr="Frais").text
    maya, wei, path = browser(people["maya"], monkeypatch), browser(people["wei"], monkeypatch), "/me/delegations"
    topic = re.search(r'<option value="(\d+)"', maya.get(path).text)[1]
    assert "They are asked by a letter" in send(maya, path, path, topic=topic, email="wei@example.org").text
    answer = re.search(rf'action="({path}/\d+/answer)"', wei.get(path).text)[1]
    assert "You have accepted" in send(wei, path, answer, answer="accept").text
    shown = maya.get(path).text
    assert "Fees: wei@example.org votes for you" in shown and "It was not used on any ballot yet" in shown
    assert "The delegation has ended" in send(maya, path, re.search(rf'action="({path}/\d+/end)"', shown)[1]).text
