"""Proxies: named, accepted within the law's limit, used once and as instructed, and ended by one's own vote."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.ballots.bundle.format import read_bundle
from app.ballots.bundle.verifying import Verdict, verify_bundle
from app.ballots.bundle.writing import bundle_of
from app.ballots.casting.models import Channel, Vote
from app.ballots.casting.recording import Part, StaleForm, VotedByProxy, Way, standing_vote
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.opening import open_ballot
from app.ballots.proxies.appointing import (
    AnsweredBefore,
    NoProxyInSecret,
    NothingToGive,
    OneProxy,
    OwnProxy,
    TooManyProxies,
    UntilPast,
    VotedThemself,
    answer_proxy,
    appoint_proxy,
)
from app.ballots.proxies.ending import EndedBefore, end_proxy
from app.ballots.proxies.entering import NamelessBarred, enter_nameless
from app.ballots.proxies.models import ProxyEnd
from app.ballots.proxies.reading import ProxyState, instructions_of, proxies_of
from app.ballots.proxies.voting import NotAccepted, NotAsInstructed, ProxyOver, vote_by_proxy
from app.ballots.questions import Option, Question, QuestionKind
from app.ballots.result.certifying import count_ballot
from app.core import clock
from app.core.audit import AuditLine
from app.core.database import transaction
from app.core.errors import InvalidInput, NotFound
from app.members.models import Person
from app.members.persons import find_person
from app.members.roles import UnknownPerson
from tests import make
from tests.ballots import halls
from tests.ballots.halls import CALLED, CLOSES, OPENS, SLUG, WHILE_OPEN
from tests.ballots.test_ballot_pages import send
from tests.exports.test_trail import browser
from tests.ledger.test_falsified import found
from tests.races import overlapping

HELD = "Every vote by proxy was its holder's to cast"
FOUR = {"maya": 100, "wei": 60, "ana": 40, "zoe": 10}


def person(session, name: str) -> Person:
    return find_person(session, f"{name}@example.org")


def give(session, name: str, to: str, slug: str = SLUG, **said) -> int:
    return appoint_proxy(session, slug, f"{to}@example.org", by=person(session, name), **said).id


def accept(session, proxy_id: int, name: str, slug: str = SLUG, *, yes: bool = True) -> None:
    answer_proxy(session, slug, proxy_id, accept=yes, by=person(session, name))


def cast(session, proxy_id: int, name: str, *answers: str, slug: str = SLUG, seen: int | None = None) -> Vote:
    items = items_of(session, find_ballot(session, slug), withdrawn=False)
    said = {item.id: [Part(each)] for item, each in zip(items, answers, strict=True)}
    way = Way(person(session, name).id, str(uuid4()), Channel.PROXY, seen)
    return vote_by_proxy(session, slug, proxy_id, said, way)


def call(law: str = "de-eg", **changed) -> None:
    with transaction() as session:
        halls.members(session, FOUR)
        halls.called(session, halls.resolution(), halls.resolution(), law=law, zone="Europe/Berlin", **changed)


def open_it(slug: str = SLUG) -> None:
    with transaction() as session:
        with clock.at(halls.FROZEN):
            freeze_electorate(session, slug, by=None)
        with clock.at(OPENS):
            open_ballot(session, slug, by=None)


def test_a_proxy_votes_once_with_each_principal_s_weight_and_one_s_own_vote_ends_it(database) -> None:
    call()
    with transaction() as session, clock.at(CALLED + timedelta(hours=1)):
        first = items_of(session, find_ballot(session, SLUG))[0].id
        make.person(session, "eve@example.org", "Eve")
        for problem, name, to, said in (
            (OwnProxy, "maya", "maya", {}),
            (UnknownPerson, "maya", "nobody", {}),
            (NothingToGive, "eve", "maya", {}),
            (UntilPast, "maya", "wei", {"valid_until": (CALLED - timedelta(days=1)).date()}),
        ):
            with pytest.raises(problem):
                give(session, name, to, **said)
        maya, ana = give(session, "maya", "wei", instructions={first: "for"}), give(session, "ana", "wei")
        assert make.letters(session, "wei@example.org")[-2:] == ["ballot-proxy", "ballot-proxy"]
        zoe = give(session, "zoe", "wei", valid_until=(CALLED + timedelta(days=3)).date())
        with pytest.raises(OneProxy, match="Wei is your proxy already"):
            give(session, "maya", "ana")
        with pytest.raises(NotFound):
            accept(session, maya, "ana")
        for each in (maya, ana):
            accept(session, each, "wei")
        with pytest.raises(AnsweredBefore):
            accept(session, ana, "wei")
        with pytest.raises(TooManyProxies, match="at most 2 are allowed"):
            accept(session, zoe, "wei")
        accept(session, zoe, "wei", yes=False)
        assert make.letters(session, "zoe@example.org")[-1] == "ballot-proxy-declined"
        short = give(session, "zoe", "maya", valid_until=(CALLED + timedelta(days=3)).date())
        accept(session, short, "maya")
    open_it()
    with transaction() as session, clock.at(WHILE_OPEN):
        with pytest.raises(InvalidInput) as refused:
            cast(session, maya, "wei", "against", "for")
        assert isinstance(refused.value.problems[f"item-{first}"], NotAsInstructed)
        with pytest.raises(NotFound):
            cast(session, maya, "ana", "for", "for")
        with pytest.raises(ProxyOver, match="its last day was"):
            cast(session, short, "maya", "for", "for")
        by_maya = cast(session, maya, "wei", "for", "against")
        by_ana = cast(session, ana, "wei", "against", "against")
        halls.vote(session, "wei", "for", "for")
        own = halls.vote(session, "ana", "for", "abstain")
        assert own.replaces_id == by_ana.id
        assert [each.end.reason for each in proxies_of(session, find_ballot(session, SLUG)) if each.end] == [
            "the member voted themself"
        ]
        for again, problem in ((ana, VotedThemself), (short, ProxyOver)):
            with pytest.raises(problem):
                cast(session, again, "wei" if again == ana else "maya", "for", "for", seen=own.id)
        with pytest.raises(VotedThemself, match="one's own counts"):
            give(session, "ana", "maya")
        end_proxy(session, maya, by=person(session, "maya").id)
        with pytest.raises(EndedBefore):
            end_proxy(session, maya, by=person(session, "wei").id)
        with pytest.raises(EndedBefore):
            cast(session, maya, "wei", "for", "for", seen=by_maya.id)
    with transaction() as session, clock.at(CLOSES):
        halls.closed(session)
        facts = count_ballot(session, SLUG, by=None).facts
        assert [each["counts"]["all"] for each in facts["items"]] == [
            {"for": 200, "against": 0, "abstain": 0},
            {"for": 60, "against": 100, "abstain": 40},
        ]
        read = read_bundle(bundle_of(session, find_ballot(session, SLUG), full=True))
        verdicts = {each.name: each for each in verify_bundle(read)}
        assert verdicts["proxies"].verdict == verdicts["votes"].verdict == Verdict.HOLDS, verdicts
        assert [each["holder"] for each in read.data["proxies"]] == ["Wei", "Wei"]
    for table, lie in (
        ("ballot_proxy_vote", "DELETE FROM ballot_proxy_vote"),
        ("ballot_proxy", f"UPDATE ballot_proxy SET principal_id = 99 WHERE id = {maya}"),
        ("ballot_proxy_answer", "UPDATE ballot_proxy_answer SET accepted = false"),
        ("ballot_proxy_end", f"UPDATE ballot_proxy_end SET ended_at = '2027-01-01' WHERE proxy_id = {maya}"),
        ("ballot_proxy_instruction", "UPDATE ballot_proxy_instruction SET answer = 'against'"),
    ):
        assert found(table, lie, HELD), lie


def test_a_revocation_against_a_vote_by_the_proxy_lets_one_of_them_come_first(database) -> None:
    call(law="us-de-251", changes_allowed=False)
    open_it()
    with transaction() as session, clock.at(WHILE_OPEN):
        maya, ana = give(session, "maya", "wei"), give(session, "ana", "wei")
        with pytest.raises(NotAccepted):
            cast(session, ana, "wei", "for", "for")
        for each in (maya, ana):
            accept(session, each, "wei")

    def revoke(proxy_id: int, name: str):
        def act(session) -> ProxyEnd:
            with clock.at(WHILE_OPEN + timedelta(seconds=1)):
                return end_proxy(session, proxy_id, by=person(session, name).id)

        return act

    def vote(proxy_id: int, at: int):
        def act(session) -> Vote:
            with clock.at(WHILE_OPEN + timedelta(seconds=at)):
                return cast(session, proxy_id, "wei", "for", "for")

        return act

    ended, refused = overlapping(revoke(maya, "maya"), vote(maya, 2))
    assert isinstance(ended, ProxyEnd) and isinstance(refused, EndedBefore)
    voted, ended = overlapping(vote(ana, 0), revoke(ana, "ana"))
    assert isinstance(voted, Vote) and isinstance(ended, ProxyEnd)
    with transaction() as session, clock.at(WHILE_OPEN + timedelta(seconds=5)):
        zoe = give(session, "zoe", "wei")
        accept(session, zoe, "wei")
        with pytest.raises(VotedByProxy):
            halls.vote(session, "ana", "against", "against")
        assert standing_vote(session, halls.elector(session, "maya").id) is None

    def own(session) -> Vote:
        with clock.at(WHILE_OPEN + timedelta(seconds=6)):
            return halls.vote(session, "zoe", "against", "against", seen=None)

    first, second = overlapping(own, vote(zoe, 7))
    assert isinstance(first, Vote) and isinstance(second, VotedThemself | StaleForm)


def test_members_name_accept_and_vote_on_pages(database, monkeypatch) -> None:
    now = clock.now()
    hours = {
        "record_date": (now - timedelta(days=5)).date(),
        "opens_at": now - timedelta(days=1),
        "closes_at": now + timedelta(days=1),
    }
    with transaction() as session:
        with clock.at(now - timedelta(days=40)):
            for name, shares in halls.HOLDERS.items():
                make.lot(session, make.member(session, f"{name}@example.org", name.title()), shares)
            halls.draft_ballot(session, SLUG, halls.plan(**hours), by=None)
            halls.add_item(session, SLUG, halls.resolution(), by=None)
            halls.call_ballot(session, SLUG, by=None)
        with clock.at(now - timedelta(days=2)):
            freeze_electorate(session, SLUG, by=None)
        with clock.at(now - timedelta(days=1)):
            open_ballot(session, SLUG, by=None)
        people = {name: person(session, name) for name in halls.HOLDERS}
        teller, friend = halls.staff(session, "teo"), make.person(session, "eve@example.org", "Eve")
        item = f"item-{items_of(session, find_ballot(session, SLUG))[0].id}"
    maya, eve = browser(people["maya"], monkeypatch), browser(friend, monkeypatch)
    path = f"/ballots/{SLUG}/proxy"
    assert eve.get(path).status_code == 404
    named = send(maya, path, path, email="eve@example.org", **{item: "for"})
    assert "Your proxy is asked" in named.text and "waits for the holder" in named.text
    page = eve.get(path).text
    assert "You act for Maya" in page and "100 votes" in page
    answer = re.search(r'action="(/ballots/proxies/\d+/answer/[^"]+)"', page)[1]
    assert "You have accepted the proxy" in send(eve, path, answer, answer="accept").text
    vote = re.search(r'href="(/ballots/proxies/\d+/vote/[^"]+)"', eve.get(path).text)[1]
    assert "You are instructed to vote" in eve.get(vote).text
    assert maya.get(vote).status_code == 404, "the principal does not vote by it"
    assert "instructed you how to vote" in send(eve, vote, vote, **{item: "against"}).text
    assert "The vote by proxy is recorded" in send(eve, vote, vote, **{item: "for"}).text
    assert "Your proxy has voted for you" in maya.get(path).text
    own = re.search(r'href="(/ballots/votes/\d+)"', maya.get(f"/ballots/{SLUG}").text)[1]
    assert "Your vote is recorded" in send(maya, own, own, **{item: "against"}).text
    assert "so there is nothing to do for you" in eve.get(vote).text
    desk = browser(teller, monkeypatch).get(f"/desk/ballots/{SLUG}/proxies").text
    assert "the member voted themself" in desk and "Eve" in desk
    ana = send(browser(people["ana"], monkeypatch), path, path, email="wei@example.org").text
    end = re.search(r'action="(/ballots/proxies/\d+/end/[^"]+)"', ana)[1]
    assert "The proxy has ended" in send(browser(people["ana"], monkeypatch), path, end).text
    with transaction() as session:
        with clock.at(now):
            halls.draft_ballot(
                session, "quiet", halls.plan(
                    casting="secret", basis="one vote per member", record_date=(now + timedelta(days=1)).date(),
                    opens_at=now + timedelta(days=9), closes_at=now + timedelta(days=12),
                ), by=None,
            )  # fmt: skip
            halls.add_item(session, "quiet", halls.resolution(), by=None)
            halls.call_ballot(session, "quiet", by=None)
        with pytest.raises(NoProxyInSecret):
            give(session, "maya", "wei", slug="quiet")


def test_forms_of_paper_are_entered_at_the_desk_and_without_a_name_the_chair_votes(database, monkeypatch) -> None:
    now = clock.now()
    board = Question(QuestionKind.APPROVAL, (Option("Ada"), Option("Ben")), seats=1)
    hours = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=1)}
    with transaction() as session:
        with clock.at(now - timedelta(days=40)):
            for name, shares in halls.HOLDERS.items():
                make.lot(session, make.member(session, f"{name}@example.org", name.title()), shares)
            record = (now - timedelta(days=5)).date()
            for slug, law in ((SLUG, "fr-sa-scic"), ("plain", "")):
                terms = halls.plan(law=law, record_date=record, **hours)
                halls.draft_ballot(session, slug, terms, by=None)
                for item in (halls.resolution(), halls.resolution(), halls.resolution(question=board, rule=None)):
                    halls.add_item(session, slug, item, by=None)
                halls.call_ballot(session, slug, by=None)
        for slug in (SLUG, "plain"):
            with clock.at(now - timedelta(days=2)):
                freeze_electorate(session, slug, by=None)
            with clock.at(now - timedelta(days=1)):
                open_ballot(session, slug, by=None)
        teller, chair = halls.staff(session, "teo"), make.person(session, "chair@example.org", "Chair")
        first, second, third = (item.id for item in items_of(session, find_ballot(session, SLUG)))
        maya, wei = (halls.elector(session, name) for name in ("maya", "wei"))
        with pytest.raises(NamelessBarred):
            enter_nameless(
                session,
                "plain",
                halls.elector(session, "maya", "plain").id,
                "chair@example.org",
                agreed=(),
                by=teller.id,
            )
        numbers = maya.number, wei.number
    desk, path = browser(teller, monkeypatch), f"/desk/ballots/{SLUG}/proxies"
    named = {"email": "ana@example.org", "accepted": "yes", f"item-{first}": "abstain", f"item-{third}": "2"}
    shown = desk.get(f"{path}?number={numbers[0]}").text
    assert "The form names nobody" in shown
    assert "The proxy is entered" in send(desk, f"{path}?number={numbers[0]}", path, **named).text
    with transaction() as session:
        enter_nameless(
            session, SLUG, halls.elector(session, "wei").id, "chair@example.org", agreed=(first,), by=teller.id
        )
        by_paper, by_chair = proxies_of(session, find_ballot(session, SLUG))
        assert {by_paper.state, by_chair.state} == {ProxyState.ACCEPTED}
        assert instructions_of(session, by_paper.proxy) == {first: "abstain", third: "2"}
        assert instructions_of(session, by_chair.proxy) == {first: "for", second: "against"}
        lines = session.scalars(select(AuditLine).where(AuditLine.tag == "proxy:appointed"))
        assert {line.actor_id for line in lines} == {teller.id}
        vote = f"/ballots/proxies/{by_chair.proxy.id}/vote/{SLUG}"
        assert ("ballot-proxy" in make.letters(session, "chair@example.org")) and chair.id
    page = browser(chair, monkeypatch)
    answers = {f"item-{first}": "for", f"item-{second}": "against", f"item-{third}": "1"}
    assert "The vote by proxy is recorded" in send(page, vote, vote, **answers).text
