"""`costake stripe`: what operators do about the card processor."""

import json
from datetime import UTC, datetime

import click


@click.group()
def stripe() -> None:
    """Card payments: repair after an outage."""


@stripe.command()
@click.option(
    "--since",
    required=True,
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="The first moment to walk from (UTC); Stripe keeps events for 30 days.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as one JSON object.")
def repair(since: datetime, as_json: bool) -> None:
    """Take in what was missed: every event and payment since a moment, and every attempt that is open.

    Harmless at any time, also while everything runs.
    """
    import app.payments.cards.identity.checking  # noqa: F401  (hears of identity checks)
    from app.payments.cards.hearing.repairing import repair as run

    done = run(since.replace(tzinfo=UTC))
    if as_json:
        click.echo(json.dumps(done._asdict()))
        return
    click.echo(f"{done.events_seen} events, {done.events_new} of them new; {done.events_handled} handled.")
    click.echo(f"{done.payments_seen} payments walked, {done.payments_recorded} recorded that were missing.")
    click.echo(f"{done.attempts_resolved} open attempts looked up.")
    click.echo(f"{done.refunds_seen} refunds and {done.disputes_seen} disputes walked.")
