"""`costake stripe`: what operators do about the card processor."""

import json
from datetime import UTC, datetime, timedelta

import click


@click.group()
def stripe() -> None:
    """Card payments: repair after an outage; what the processor pays out."""


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
    click.echo(f"{done.refunds_seen} refunds, {done.disputes_seen} disputes and {done.payouts_seen} payouts walked.")


@stripe.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day of arrival to look at (UTC); the last fourteen days where none is given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the payouts as one JSON list.")
def payouts(since: datetime | None, as_json: bool) -> None:
    """Look at what the processor pays out: each payout is booked, explained line by line, and listed.

    Exit status 1 says that one is not explained. Harmless at any time, also while everything runs.
    """
    import app.payments.cards.identity.checking  # noqa: F401  (hears of identity checks)
    from app.core import clock
    from app.core.database import reading
    from app.payments.cards.payouts.explaining import look_at_payouts
    from app.payments.cards.payouts.standing import payouts_from

    begin = since.replace(tzinfo=UTC) if since else clock.now() - timedelta(days=14)
    look_at_payouts(begin)
    with reading() as session:
        found = payouts_from(session, begin.date())
    if as_json:
        click.echo(json.dumps([each.facts() for each in found]))
    for each in [] if as_json else found:
        facts = each.facts()
        explained = "" if facts["explained"] is None else "explained" if facts["explained"] else facts["reason"]
        told = (facts["arrives_on"], facts["payout"], str(each.payout.amount), facts["status"], explained)
        click.echo("  ".join(told).rstrip())
    if any(each.check is not None and not each.check.explained for each in found):
        raise SystemExit(1)
