"""Noticing: everybody whose card will be charged is told how much, when, and how to change or cancel it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.errors import N_
from app.core.settings import settings
from app.letters.writing import write
from app.members.models import Person
from app.payments.cards.running.dues import due_by
from app.payments.cards.running.models import ChargeNotice, ChargeRun
from app.payments.cards.running.preparing import NOTICE_JOB
from app.payments.cards.running.purposes import title_of
from app.payments.cards.running.states import RunState, locked_run, move, state_of

BATCH = 200


def announce_next(session: Session, run_id: int, after: int) -> None:
    """Write the next notices of a run, and go on with those after them; when all are written, the run waits."""
    run = locked_run(session, run_id)
    if state_of(session, run_id) != RunState.ANNOUNCING:
        return
    wanted = due_by(session, run.purpose, run.charge_on).subquery()
    rows = session.execute(
        select(wanted, Person)
        .join(Person, Person.id == wanted.c.person_id)
        .where(wanted.c.instalment_id > after)
        .order_by(wanted.c.instalment_id)
        .limit(BATCH)
    ).all()
    told = set(
        session.scalars(
            select(ChargeNotice.instalment_id).where(
                ChargeNotice.run_id == run_id, ChargeNotice.instalment_id.in_([row.instalment_id for row in rows])
            )
        )
    )
    title, now = title_of(session, run.purpose), clock.now()
    for row in rows:
        if row.instalment_id not in told:
            session.add(_notice(session, run, row, title, now))
    session.flush()
    if len(rows) == BATCH:
        jobs.defer(session, NOTICE_JOB, run_id=run_id, after=rows[-1].instalment_id)
    else:
        move(session, run, RunState.WAITING, by=None, reason=N_("everybody is told"))


def _notice(session: Session, run: ChargeRun, row: Row[Any], title: str, now: datetime) -> ChargeNotice:
    descriptor = settings().stripe_descriptor
    letter = write(
        session,
        "charge-notice",
        row.Person.email,
        row.Person.language,
        person_id=row.person_id,
        title=title,
        amount_minor=row.amount_cents,
        currency=row.currency,
        charge_on=run.charge_on.isoformat(),
        kind=row.kind,
        last4=row.last4,
        descriptor=descriptor,
        path=row.path,
    )
    return ChargeNotice(
        run_id=run.id,
        instalment_id=row.instalment_id,
        saved_method_id=row.saved_method_id,
        amount_cents=row.amount_cents,
        currency=row.currency,
        charge_on=run.charge_on,
        last4=row.last4,
        descriptor=descriptor,
        letter_id=letter.id,
        sent_at=now,
    )
