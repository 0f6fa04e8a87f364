"""`costake payout-batch`: what is owed, batches ordered from the bank, their files, and what became of them."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from app.cli.acting import BY, actor
from app.cli.writing import written_whole
from app.core.errors import N_, Refusal

NUMBER = click.IntRange(1, 2**63 - 1)
BATCH = click.argument("batch_id", metavar="BATCH", type=NUMBER)
DAY = click.DateTime(["%Y-%m-%d"])
FORM = click.option(
    "--format", "form", type=click.Choice(["sepa", "nacha", "csv"]), default="sepa", show_default=True,
    help="pain.001, NACHA, or a table for the bank's own import.",
)  # fmt: skip
CURRENCY = click.option("--currency", default="EUR", show_default=True, help="In which currency.")


class NoPayer(Refusal):
    """Nothing says from which account the batch is paid."""

    message = N_("Say from which account it is paid: --from NUMBER and --holder NAME. No earlier batch tells it.")


class NoSuchOrder(Refusal):
    """No order has the end-to-end id."""

    message = N_("There is no order {order}.")
    status = 404


@click.group("payout-batch")
def payout_batch() -> None:
    """Batches of payments: payouts and refunds that leave the bank together, ordered by two people.

    A batch is proposed here or at the desk; another person approves it at the desk or by the API.
    """


@payout_batch.command()
@FORM
@CURRENCY
@click.option("--on", type=DAY, help="The day on which the bank would pay; today if absent.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def owed(form: str, currency: str, on: datetime | None, as_json: bool) -> None:
    """List what is owed in a currency, and why some of it cannot be paid by such a file yet."""
    from app.core import clock
    from app.core.database import reading
    from app.core.money import currency_code
    from app.payments.payouts.batches.gathering import gather
    from app.payments.payouts.files.orders import Form

    with reading() as session:
        dues = gather(session, Form(form), currency_code(currency), on.date() if on else clock.today())
        facts = [
            {"debt": due.key, "amount_cents": due.amount.minor, "due_on": due.due_on.isoformat(), "waits": due.waits}
            for due in dues
        ]
    if as_json:
        click.echo(json.dumps(facts))
        return
    for due, fact in zip(dues, facts, strict=True):
        click.echo(f"{due.key}: {due.amount}, due {fact['due_on']}, {due.waits or 'can be paid'}")


@payout_batch.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(as_json: bool) -> None:
    """List the batches, each with its orders and how many of them are open."""
    from sqlalchemy import select

    from app.core.database import reading
    from app.core.money import Money
    from app.payments.payouts.batches.models import PayoutBatch
    from app.payments.payouts.batches.ordering import orders_of

    with reading() as session:
        facts: list[dict[str, Any]] = []
        for row in session.scalars(select(PayoutBatch).order_by(PayoutBatch.id)):
            orders = orders_of(session, row)
            open_ = [order for order, end, paid in orders if end is None and paid is None]
            total = sum(order.amount_cents for order, _, _ in orders)
            facts.append(
                {
                    "batch": row.id, "number": row.number, "format": row.form, "currency": row.currency,
                    "execute_on": row.execute_on.isoformat(), "orders": len(orders), "open": len(open_),
                    "total_cents": total,
                }
            )  # fmt: skip
    if as_json:
        click.echo(json.dumps(facts))
        return
    for fact in facts:
        amount = Money(fact["total_cents"], fact["currency"])
        click.echo(
            f"batch {fact['batch']} ({fact['format']}) for {fact['execute_on']}: "
            f"{fact['orders']} orders, {amount}, {fact['open']} open"
        )


@payout_batch.command()
@FORM
@CURRENCY
@click.option("--on", required=True, type=DAY, help="The day on which the bank shall pay.")
@click.option("--from", "number", default="", help="The account that pays; that of the last batch if absent.")
@click.option("--holder", default="", help="Whose account that is.")
@click.option("--scheme", type=click.Choice(["iban", "us", "uk"]), default="iban", show_default=True)
@click.option("--bank-code", default="", help="Routing number or sort code.")
@click.option("--bic", default="")
@click.option("--company-id", default="", help="For NACHA: the id that the bank gave the organization.")
@click.option("--bank-name", default="", help="For NACHA.")
@click.option("--reason", required=True, help="Why, for the record.")
@BY
def propose(form: str, currency: str, on: datetime, reason: str, email: str, **payer: str) -> None:
    """Propose to order everything that a file can pay on a day; another person approves it."""
    from uuid import uuid4

    from app.core.database import transaction
    from app.core.money import currency_code
    from app.payments.payouts.batches.ordering import propose_batch
    from app.payments.payouts.files.orders import Form

    with transaction() as session:
        found = propose_batch(
            session,
            Form(form),
            _payer(session, payer),
            currency=currency_code(currency),
            execute_on=on.date(),
            form_key=str(uuid4()),
            by=actor(session, email),
            reason=reason,
        )
        count = len(found.payload["orders"])
        click.echo(f"Proposed as {found.id}: {count} orders. Another person approves it at the desk or by the API.")


@payout_batch.command()
@BATCH
@BY
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
def file(batch_id: int, email: str, output: Path) -> None:
    """Write the file of a BATCH for the bank, with account numbers in full; each reading is noted."""
    from app.core.database import transaction
    from app.payments.payouts.batches.ordering import batch_file

    with transaction() as session, written_whole(output) as out:
        out.write(batch_file(session, batch_id, by=actor(session, email).id)[1])


@payout_batch.command()
@BATCH
@click.option("--on", "paid_on", required=True, type=DAY, help="The day on the bank's statement.")
@click.option("--bank-reference", required=True, help="The line of the statement.")
@BY
def paid(batch_id: int, paid_on: datetime, bank_reference: str, email: str) -> None:
    """Record that the bank has done a BATCH: every order of it that is open."""
    from app.core.database import transaction
    from app.payments.payouts.batches.ordering import record_batch_paid

    with transaction() as session:
        by = _treasurer(session, email)
        done = record_batch_paid(session, batch_id, paid_on=paid_on.date(), bank_reference=bank_reference, by=by.id)
        click.echo(f"{done} payments of batch {batch_id} recorded as paid on {paid_on.date()}.")


@payout_batch.command("end-order")
@click.argument("order", metavar="ORDER")
@click.option("--reason", required=True, help="What the bank said.")
@BY
def end_order(order: str, reason: str, email: str) -> None:
    """Note that the bank did not do an ORDER (its end-to-end id, such as PO0000000012); it can be ordered anew."""
    from sqlalchemy import select

    from app.core.database import transaction
    from app.payments.payouts.batches import ordering
    from app.payments.payouts.batches.models import PayoutOrder

    with transaction() as session:
        by = _treasurer(session, email)
        found = session.scalars(select(PayoutOrder.id).where(PayoutOrder.end_to_end_id == order.strip())).first()
        if found is None:
            raise NoSuchOrder(order=order[:40])
        ordering.end_order(session, found, reason=reason, by=by.id)
        click.echo(f"Order {order.strip()} has ended. What it was for is owed again, and can be ordered anew.")


@payout_batch.command()
@click.argument("answer", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@BY
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def answer(answer: Path, email: str, as_json: bool) -> None:
    """Take in the bank's answer FILE: pain.002, or returns as NACHA. All of it or nothing, and the same again is known.

    What the bank did not do can be ordered anew; what came back is owed again when a bank line brings it.
    """
    from app.cli.importing import CannotRead
    from app.core.database import transaction
    from app.reconciliation.answering import take_answer

    try:
        stream = answer.open("rb")
    except OSError as error:
        raise CannotRead(file=str(answer), reason=error.strerror) from None
    with stream, transaction() as session:
        found = take_answer(session, stream, answer.name, by=_treasurer(session, email).id)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo(
        f"{found.taken} orders were taken by the bank, {found.ended} not done, {found.returned} came back; "
        f"{found.known} were known before."
    )
    for each in found.notices:
        click.echo(f"{each}: it arrived, but the payee's bank details are written wrongly; ask for them.")


def _treasurer(session: Any, email: str) -> Any:
    """The treasurer who acts; what the bank did is recorded by nobody else, as on the pages."""
    from app.core.errors import NotAllowed
    from app.members.roles import Role, roles_of

    person = actor(session, email)
    if Role.TREASURER not in roles_of(session, person.id):
        raise NotAllowed
    return person


def _payer(session: Any, typed: dict[str, str]) -> Any:
    """The account that pays: as typed, else that of the last batch."""
    from app.members.people.bank.accounts import Scheme, checked
    from app.payments.payouts.batches.ordering import last_payer
    from app.payments.payouts.files.orders import Payer

    if typed["number"]:
        account = checked(Scheme(typed["scheme"]), typed["holder"], typed["number"], typed["bank_code"], typed["bic"])
        return Payer(account, typed["company_id"], typed["bank_name"])
    last = last_payer(session)
    if last is None:
        raise NoPayer
    return last
