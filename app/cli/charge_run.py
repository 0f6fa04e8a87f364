"""`costake charge-run`: how a charge run goes; propose one, pause it, let it go on."""

import json
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from app.payments.cards.running.models import ChargeRun
    from app.payments.cards.running.progress import Progress

BAR = 30
RUN = click.argument("run_id", metavar="RUN", type=click.IntRange(1, 2**63 - 1))
REASON = click.option("--reason", required=True, help="Why, for the record.")
WATCH = click.option("--watch", is_flag=True, help="Show it again every two seconds, until the run pauses or ends.")


@click.group("charge-run")
def charge_run() -> None:
    """Charge runs: saved cards are charged on a day that everybody was told before.

    The worker charges; several workers share the work and the pace. A run is proposed here or at the desk and
    approved at the desk by another person.
    """


@charge_run.command()
@click.argument("run_id", metavar="[RUN]", required=False, type=click.IntRange(1, 2**63 - 1))
@WATCH
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
def status(run_id: int | None, watch: bool, as_json: bool) -> None:
    """Show how a RUN goes, or every run that has not ended."""
    _show(run_id, as_json=as_json, watch=watch)


@charge_run.command()
@click.argument("purpose")
@click.option("--on", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day of charging.")
@click.option("--by", "email", required=True, help="Your e-mail address; another person approves it at the desk.")
@REASON
def start(purpose: str, day: datetime, email: str, reason: str) -> None:
    """Propose a run for a PURPOSE such as offer:spring-2027."""
    from app.core.database import transaction
    from app.members.persons import known_person, normal_email
    from app.offers import charging  # noqa: F401  (makes offers known as what a run can be for)
    from app.payments.cards.running.preparing import propose_run

    with transaction() as session:
        person = known_person(session, normal_email(email), "en")
        proposal = propose_run(session, purpose, day.date(), by=person, reason=reason)
        said = proposal.payload
    click.echo(f"Proposed: {said['count']} payments from {said['charge_on']}. Another person approves it at the desk.")


@charge_run.command()
@RUN
@REASON
@WATCH
def pause(run_id: int, reason: str, watch: bool) -> None:
    """Pause a RUN; what is under way is still answered."""
    from app.core.database import transaction
    from app.payments.cards.running import states

    with transaction() as session:
        states.pause(session, run_id, by=None, reason=reason)
    _show(run_id, as_json=False, watch=watch)


@charge_run.command()
@RUN
@REASON
@WATCH
def resume(run_id: int, reason: str, watch: bool) -> None:
    """Let a paused RUN go on."""
    from app.core.database import transaction
    from app.payments.cards.running import states

    with transaction() as session:
        states.resume(session, run_id, by=None, reason=reason)
    _show(run_id, as_json=False, watch=watch)


def _show(run_id: int | None, *, as_json: bool, watch: bool) -> None:
    while True:
        found = _found(run_id)
        for run, now in found:
            click.echo(json.dumps(_as_json(run, now)) if as_json else _line(run, now))
        if not found:
            click.echo("[]" if as_json else "No run goes on.")
        if not watch or all(now.state in ("paused", "ended") for _, now in found):
            return
        time.sleep(2)


def _found(run_id: int | None) -> "list[tuple[ChargeRun, Progress]]":
    from app.core.database import reading
    from app.payments.cards.running.models import ChargeRun
    from app.payments.cards.running.preparing import open_runs
    from app.payments.cards.running.progress import progress_of
    from app.payments.cards.running.states import NoSuchRun

    with reading() as session:
        if run_id is None:
            return [(run, progress_of(session, run)) for run, _ in open_runs(session)]
        run = session.get(ChargeRun, run_id)
        if run is None:
            raise NoSuchRun
        return [(run, progress_of(session, run))]


def _line(run: "ChargeRun", now: "Progress") -> str:
    done = BAR * now.done_permille // 1000
    parts = [
        f"run {run.id} ({run.purpose}), {now.state}: [{'#' * done}{'.' * (BAR - done)}] {now.attempts}/{now.total}",
        f"charged {now.succeeded} ({now.charged})",
        f"declined {now.declined} ({now.asking} to be confirmed at the bank, {now.recovered} paid since)",
        f"waiting {now.waiting}",
    ]
    if now.rest_seconds is not None:
        parts.append(f"{now.per_minute}/min, {now.rest_seconds // 3600} h {now.rest_seconds // 60 % 60} min left")
    return ", ".join(parts)


def _as_json(run: "ChargeRun", now: "Progress") -> dict[str, Any]:
    return {
        "run": run.id,
        "purpose": run.purpose,
        "charge_on": run.charge_on.isoformat(),
        "state": now.state.value,
        "total": now.total,
        "told": now.notices,
        "tried": now.attempts,
        "charged": now.succeeded,
        "charged_cents": now.charged.minor,
        "currency": run.currency,
        "declined": now.declined,
        "asking": now.asking,
        "recovered": now.recovered,
        "waiting": now.waiting,
        "per_minute": now.per_minute,
        "rest_seconds": now.rest_seconds,
    }
