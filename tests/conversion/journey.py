"""What journeys of conversions walk through: shares pledged and allotted, meetings, evidence, execution, the pack."""

import io
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ballots.calling import call_ballot
from app.ballots.drafting import add_item, draft_ballot
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.opening import close_ballot, open_ballot
from app.ballots.result.certifying import count_ballot, propose_certification
from app.ballots.rules import Rule
from app.conversion.answers.answering import answer
from app.conversion.answers.questions import Shape, questions_for
from app.conversion.exchange.executing import execute_due
from app.conversion.exchange.models import ExchangeExecution
from app.conversion.plan.meeting import Offered, meet
from app.conversion.plan.starting import find_conversion, start_conversion
from app.core import clock
from app.core.database import reading, transaction
from app.core.uploads import SentFile
from app.documents.converting.filing import file_paper
from app.exports.filingpack.checklist import Mark, checklist
from app.exports.filingpack.packing import write_pack
from app.law.plans.steps import Evidence
from app.members.approvals.approving import decide
from app.members.models import Person
from app.offers.closing import close_offer
from app.worker import run_until_idle
from tests import make
from tests.ballots import halls
from tests.ballots.halls import CALLED, CLOSES, FROZEN, OPENS, SLUG, START, WHILE_OPEN
from tests.conversion.making import TWO_FOR_THREE, approve, exchange, two
from tests.core.files import pdf

MEETS = CLOSES.date()  # 19 February 2027
ANSWERS = {
    Shape.LINE: "1600 Broadway, Denver",
    Shape.TEXT: "One line.\nAnother line.",
    Shape.DAY: "2026-12-31",
    Shape.MONEY: "4600000",
    Shape.CURRENCY: "USD",
}


def organizer(session: Session) -> Person:
    return two(session)[0]


def pledged(holders: Mapping[str, int]) -> None:
    """The offer before everything else: each pledges so many shares and pays, then shares are allotted."""
    with clock.at(START - timedelta(days=40)), transaction() as session:
        most = max(holders.values())
        target = sum(holders.values()) * make.PRICE.minor
        make.open_offer(session, target_cents=target, person_shares_min=1, person_shares_max=most)
        for name, shares in holders.items():
            make.paid_pledge(session, email=f"{name}@example.org", shares=shares, legal_name=name.title())
        make.settle(session, close_offer(session, make.SLUG, by=None))
        without_letters(session)


def without_letters(session: Session) -> None:
    """Leave out the jobs that wait: letters and certificates are tried elsewhere."""
    session.execute(text("DELETE FROM procrastinate_jobs"))


def begin(session: Session, law: str, resulting: str, **changed: Any) -> None:
    facts = {"title": "Becoming a co-operative", "entity_name": "Flutter Inc.", "resulting_name": resulting}
    start_conversion(session, "become", law, **facts, by=organizer(session).id, reason="resolved", **changed)


def answered(session: Session, **changed: str) -> None:
    """Every question of the law answered."""
    row = find_conversion(session, "become")
    asked = [each for group in questions_for(row.law).values() for each in group if each.key != "rules"]
    answer(session, row, {each.key: ANSWERS[each.shape] for each in asked} | changed, by=organizer(session).id)


def offered(session: Session, key: str, what: Offered) -> None:
    meet(session, "become", key, what, by=organizer(session))


def file(session: Session, *keys: str, on: date) -> None:
    for key in keys:
        offered(session, key, Offered(Evidence.FILE, on, file=SentFile(f"{key}.pdf", pdf(key.encode()))))


def say(session: Session, *keys: str, on: date) -> None:
    for key in keys:
        offered(session, key, Offered(Evidence.DECISION, on, "Ines Garnier, counsel, found nothing"))


def by_day(session: Session, key: str, on: date) -> None:
    offered(session, key, Offered(Evidence.DAY, on))


def by_ballot(session: Session, slug: str = SLUG, on: date = MEETS) -> None:
    offered(session, "vote", Offered(Evidence.BALLOT, on, ballot=slug))


def caps(effective_on: date, on: date, terms: Any = TWO_FOR_THREE) -> int:
    """The exchange drafted, reckoned, and given as evidence that holdings fit; its number."""
    with clock.at(START), transaction() as session:
        row = exchange(session, terms, effective_on=effective_on, cash_due_on=effective_on)
    with clock.at(START):
        run_until_idle()
    with clock.at(datetime.combine(on, time(12), UTC)), transaction() as session:
        offered(session, "caps", Offered(Evidence.DRY_RUN, on, exchange_id=row.id))
    return row.id


def vote(rule: Rule, votes: Mapping[str, str], slug: str = SLUG, *, later: timedelta = timedelta(0)) -> date:
    """A ballot from its draft to the certified result, so much later than the first; the day of the meeting."""
    texts = halls.plan(record_date=halls.RECORD + later, opens_at=OPENS + later, closes_at=CLOSES + later)
    with ExitStack() as stack:
        session = stack.enter_context(transaction())
        with clock.at(START + later):
            draft_ballot(session, slug, texts, by=None)
            add_item(session, slug, halls.resolution(rule), by=None)
        with clock.at(CALLED + later):
            call_ballot(session, slug, by=None)
        with clock.at(FROZEN + later):
            freeze_electorate(session, slug, by=None)
        with clock.at(OPENS + later):
            open_ballot(session, slug, by=None)
        with clock.at(WHILE_OPEN + later):
            for name, said in votes.items():
                halls.vote(session, name, said, slug=slug)
        with clock.at(CLOSES + later):
            close_ballot(session, slug, by=None)
            certified(session, slug)
            without_letters(session)
    return (CLOSES + later).date()


def certified(session: Session, slug: str = SLUG) -> None:
    one, other = halls.staff(session, f"teller-one-{slug}"), halls.staff(session, f"teller-two-{slug}")
    count_ballot(session, slug, by=None)
    proposal = propose_certification(session, slug, by=one, statement="I counted.")
    decide(session, proposal.id, approve=True, by=other, reason="So did I.")


def executed(exchange_id: int, on: date) -> None:
    """Approved by two people, carried out by the worker on the day, and given as evidence."""
    with clock.at(datetime.combine(on, time(15), UTC)):
        with transaction() as session:
            approve(session, exchange_id)
        with transaction() as session:
            without_letters(session)
            execute_due(session)
        run_until_idle()
        with transaction() as session:
            assert session.get(ExchangeExecution, exchange_id) is not None
            offered(session, "exchange", Offered(Evidence.EXCHANGE, on, exchange_id=exchange_id))


def papers(*kinds: str) -> None:
    """Filed as what is known says them."""
    for kind in kinds:
        with transaction() as session:
            file_paper(session, find_conversion(session, "become"), kind, by=organizer(session))


def packed() -> tuple[dict[str, bytes], list[str]]:
    """The files of the pack, and the lines of its checklist that are missing."""
    written = io.BytesIO()
    with reading() as session:
        row = find_conversion(session, "become")
        write_pack(session, row, written, language="en")
        missing = [line.said("en") for line in checklist(session, row) if line.mark is Mark.MISSING]
    with zipfile.ZipFile(written) as package:
        return {name: package.read(name) for name in package.namelist()}, missing
