"""What the worker does for shares: jobs by name, and acts by the clock."""

from app.core.jobs import Act, Periodic
from app.payments.cards.returning.disputing import LOST_JOB
from app.shares.acts.calling import credit_calls
from app.shares.acts.disputing import settle_lost
from app.shares.loans.lending import book_due_instalments

JOBS: dict[str, Act] = {
    LOST_JOB: settle_lost,
}
PERIODIC = [
    Periodic("shares.credit_calls", "* * * * *", credit_calls),
    Periodic("loans.book_due", "3 * * * *", book_due_instalments),
]
