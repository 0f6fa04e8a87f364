"""Conversions from the first step to the last on real dates: they pass, fail by one vote, come late, are contested."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.ballots.calling import call_ballot
from app.ballots.opening import keep_time
from app.ballots.result.certifying import count_ballot, propose_certification
from app.ballots.result.following import call_again
from app.ballots.rules import CallRule, Need, Rule
from app.conversion.exchange.executing import execute_due
from app.conversion.exchange.models import ExchangeExecution, ExchangeHalt
from app.conversion.exchange.reckoning import start_reckoning
from app.conversion.plan.gating import TooEarly, TooLate, Waits
from app.conversion.plan.meeting import (
    NotCarried,
    NotCertified,
    Offered,
    contest,
    evidence_of,
    locked_step,
    meet,
    plan_day,
    standings,
)
from app.conversion.plan.models import ConversionContest
from app.conversion.plan.starting import NameBarred, find_conversion, start_conversion
from app.conversion.plan.telling import calendar, told
from app.core import clock
from app.core.database import transaction
from app.core.uploads import SentFile
from app.law.plans.steps import Evidence
from app.law.thresholds import Threshold
from app.members.approvals.approving import decide
from app.members.models import Person
from app.worker import run_until_idle
from tests.ballots import halls
from tests.ballots.halls import CALLED, CLOSES, SLUG, START, open_hall
from tests.conversion.making import approve, exchange, two
from tests.core.files import pdf

MEETS = CLOSES.date()  # 19 February 2027
OUTSTANDING = Rule(CallRule((Need(Threshold("for", "outstanding_entitled", ">", Fraction(1, 2))),)))
TWO_THIRDS = Rule(CallRule((Need(Threshold("for", "cast_for_against", ">=", Fraction(2, 3))),)))
THREE_QUARTERS = Rule(CallRule((Need(Threshold("for", "cast_for_against", ">=", Fraction(3, 4))),)))


def organizer(session: Session) -> Person:
    return two(session)[0]


def begin(session: Session, law: str, resulting: str, **changed) -> None:
    facts = {"title": "Becoming a co-operative", "entity_name": "Flutter Inc.", "resulting_name": resulting}
    start_conversion(session, "become", law, **facts, by=organizer(session).id, reason="resolved", **changed)


def file(session: Session, *keys: str, on: date) -> None:
    for key in keys:
        meet(
            session,
            "become",
            key,
            Offered(Evidence.FILE, on, file=SentFile(f"{key}.pdf", pdf(key.encode()))),
            by=organizer(session),
        )


def say(session: Session, *keys: str, on: date) -> None:
    for key in keys:
        meet(
            session,
            "become",
            key,
            Offered(Evidence.DECISION, on, "Ines Garnier, counsel, found nothing"),
            by=organizer(session),
        )


def by_day(session: Session, key: str, on: date) -> None:
    meet(session, "become", key, Offered(Evidence.DAY, on), by=organizer(session))


def by_ballot(session: Session, slug: str = SLUG, on: date = MEETS) -> None:
    meet(session, "become", "vote", Offered(Evidence.BALLOT, on, ballot=slug), by=organizer(session))


def dry_run(effective_on: date) -> int:
    """An exchange that fits, reckoned; its number."""
    with transaction() as session:
        row = exchange(session, effective_on=effective_on, cash_due_on=effective_on)
    assert [each for each in run_until_idle() if "reckon" in each.job] == []
    return row.id


def certified(session: Session, slug: str = SLUG) -> None:
    one, other = halls.staff(session, f"teller-one-{slug}"), halls.staff(session, f"teller-two-{slug}")
    count_ballot(session, slug, by=None)
    proposal = propose_certification(session, slug, by=one, statement="I counted.")
    decide(session, proposal.id, approve=True, by=other, reason="So did I.")


def hall(rule: Rule, holders: dict[str, int], votes: dict[str, str]) -> None:
    """A ballot under a rule: opened, voted in, closed, counted and certified."""
    with open_hall(halls.resolution(rule), holders=holders) as session:
        for name, answer in votes.items():
            halls.vote(session, name, answer)
    with transaction() as session:
        halls.closed(session)
        with clock.at(CLOSES):
            certified(session)


def test_a_delaware_corporation_becomes_an_association_and_its_shares_are_exchanged_only_then(database):
    hall(OUTSTANDING, {"maya": 101, "wei": 99}, {"maya": "for", "wei": "against"})
    effective = date(2027, 3, 1)
    with clock.at(START), transaction() as session:
        with pytest.raises(NameBarred):
            begin(session, "us-de-266", "Flutter Inc.")
        begin(session, "us-de-266", "Flutter Limited Cooperative Association")
        plan_day(session, "become", "vote", MEETS, by=organizer(session).id, reason="the board called it")
        with pytest.raises(Waits):
            file(session, "board", on=START.date())
        say(session, "charter", on=START.date())
        file(session, "plan", "rules", "board", on=START.date())
        feed = calendar(session, find_conversion(session, "become"), "en")
        assert "DTSTART;VALUE=DATE:20270130" in feed and feed.endswith("END:VCALENDAR\r\n")  # the last day of notice
    with clock.at(START):
        exchange_id = dry_run(effective)
        with transaction() as session:
            meet(
                session,
                "become",
                "caps",
                Offered(Evidence.DRY_RUN, START.date(), exchange_id=exchange_id),
                by=organizer(session),
            )
            approve(session, exchange_id)
    with clock.at(datetime(2027, 1, 31, 15, tzinfo=UTC)), transaction() as session:
        with pytest.raises(TooLate, match="2027-01-30"):
            file(session, "notice", on=date(2027, 1, 31))
        file(session, "notice", on=CALLED.date())
    with clock.at(CLOSES + timedelta(hours=8)), transaction() as session:
        by_ballot(session)
        say(session, "consents", on=MEETS)
        file(session, "filing", on=MEETS)
    with clock.at(datetime(2027, 3, 1, 15, tzinfo=UTC)):  # its day has come, but the registrar's certificate has not
        with transaction() as session:
            session.execute(text("DELETE FROM procrastinate_jobs"))
            execute_due(session)
        run_until_idle()
        with transaction() as session:
            assert "Registrar's certificate" in session.scalars(select(ExchangeHalt.reason)).one()
            file(session, "certificate", on=effective)
        with transaction() as session:
            start_reckoning(session, exchange_id)
        run_until_idle()
        with transaction() as session:
            approve(session, exchange_id)
        run_until_idle()
        with transaction() as session:
            assert session.get(ExchangeExecution, exchange_id) is not None
            meet(
                session,
                "become",
                "exchange",
                Offered(Evidence.EXCHANGE, effective, exchange_id=exchange_id),
                by=organizer(session),
            )
            by_day(session, "objections", on=effective)
            say(session, "member_notices", on=effective)
            facts = told(session, find_conversion(session, "become"))
            assert facts["met"] == len(facts["steps"])


def test_exactly_half_of_all_shares_does_not_convert_a_delaware_corporation(database):
    hall(OUTSTANDING, {"maya": 100, "wei": 60, "ana": 40}, {"maya": "for", "wei": "against"})
    with clock.at(START), transaction() as session:
        begin(session, "us-de-251", "Flutter Co-operative")
        say(session, "charter", on=START.date())
        file(session, "plan", "rules", "board", on=START.date())
        exchange_id = exchange(session).id
    with clock.at(START):
        run_until_idle()
    with clock.at(CLOSES + timedelta(hours=8)), transaction() as session:
        meet(
            session,
            "become",
            "caps",
            Offered(Evidence.DRY_RUN, CALLED.date(), exchange_id=exchange_id),
            by=organizer(session),
        )
        file(session, "notice", on=CALLED.date())
        with pytest.raises(NotCarried, match="200 > 200 is false"):
            by_ballot(session)
        assert standings(session, find_conversion(session, "become"))["vote"].met_on is None


def test_a_special_resolution_in_the_united_kingdom_passes_at_three_quarters_and_is_contested(database):
    hall(THREE_QUARTERS, {"maya": 75, "wei": 25}, {"maya": "for", "wei": "against"})
    with clock.at(START), transaction() as session:
        with pytest.raises(NameBarred):
            begin(session, "uk-company-to-society", "The Flutter Company")
        begin(session, "uk-company-to-society", "Flutter Society Limited")
        say(session, "charter", on=START.date())
        file(session, "rules", "board", on=START.date())
        exchange_id = exchange(session).id
    with clock.at(START):
        run_until_idle()
    with clock.at(CLOSES + timedelta(days=9)), transaction() as session:
        meet(
            session,
            "become",
            "caps",
            Offered(Evidence.DRY_RUN, CALLED.date(), exchange_id=exchange_id),
            by=organizer(session),
        )
        file(session, "notice", on=CALLED.date())
        by_ballot(session)
        file(session, "appointed", "filing", "certificate", "second_filing", "effect", on=MEETS)
        contest(session, "become", "effect", by=organizer(session).id, reason="the wrong society was registered")
        all_ = standings(session, find_conversion(session, "become"))
        assert (all_["effect"].met_on, all_["effect"].contested) == (None, True)
        file(session, "effect", on=MEETS + timedelta(days=2))
        _, step = locked_step(session, "become", "effect")
        assert [contested is not None for _, contested in evidence_of(session, step.id)] == [True, False]
        assert session.scalars(select(ConversionContest.reason)).one() == "the wrong society was registered"


def test_a_french_meeting_without_quorum_is_called_again_and_then_carries(database):
    rule = halls.quorum("1/4", TWO_THIRDS, second="1/5")
    with open_hall(halls.resolution(rule), holders={"maya": 100, "wei": 60, "ana": 40}) as session:
        halls.vote(session, "ana", "for")  # 40 of 200: a fifth, and no quarter
    later = {
        "record_date": (CLOSES + timedelta(days=2)).date(),
        "opens_at": CLOSES + timedelta(days=20),
        "closes_at": CLOSES + timedelta(days=30),
    }
    with transaction() as session:
        halls.closed(session)
        with clock.at(CLOSES):
            certified(session)
            call_again(session, SLUG, "again", by=None, **later)
            call_ballot(session, "again", by=None)
        for days in (4, 21):
            with clock.at(CLOSES + timedelta(days=days)):
                keep_time(session)
        with clock.at(CLOSES + timedelta(days=22)):
            halls.vote(session, "ana", "for", slug="again")
    with clock.at(START), transaction() as session:
        begin(session, "fr-sa-scic", "Flutter SCIC SA")
        say(session, "charter", "commitments", "colleges", on=START.date())
        file(session, "rules", "report", "board", on=START.date())
        exchange_id = exchange(session).id
    with clock.at(START):
        run_until_idle()
    second = CLOSES + timedelta(days=30)
    with clock.at(second), transaction() as session:
        meet(
            session,
            "become",
            "caps",
            Offered(Evidence.DRY_RUN, CALLED.date(), exchange_id=exchange_id),
            by=organizer(session),
        )
        file(session, "notice", on=CALLED.date())
        with pytest.raises(NotCarried, match="is false"):
            by_ballot(session)
        keep_time(session)
        with pytest.raises(NotCertified):
            by_ballot(session, "again", second.date())
        certified(session, "again")
        by_ballot(session, "again", second.date())
        file(session, "filing", "effect", on=second.date())


def test_a_german_company_reaches_the_end_of_its_cash_offer(database):
    hall(THREE_QUARTERS, {"maya": 75, "wei": 25}, {"maya": "for", "wei": "against"})
    with clock.at(START), transaction() as session:
        begin(session, "de-umwg-eg", "Flutter eG")
        say(session, "charter", "commitments", on=START.date())
        file(session, "rules", "report", "opinion", "works_council", on=START.date())
        exchange_id = exchange(session).id
    with clock.at(START):
        run_until_idle()
    with clock.at(datetime(2027, 6, 30, 12, tzinfo=UTC)), transaction() as session:
        meet(
            session,
            "become",
            "caps",
            Offered(Evidence.DRY_RUN, CALLED.date(), exchange_id=exchange_id),
            by=organizer(session),
        )
        file(session, "notice", on=CALLED.date())
        by_ballot(session)
        with pytest.raises(TooEarly, match="2027-03-19"):
            by_day(session, "objections", on=date(2027, 3, 18))
        by_day(session, "objections", on=date(2027, 3, 19))
        file(session, "filing", "effect", on=date(2027, 4, 30))
        with pytest.raises(TooEarly, match="2027-06-30"):
            by_day(session, "cash_offer", on=date(2027, 6, 29))
        by_day(session, "cash_offer", on=date(2027, 6, 30))
