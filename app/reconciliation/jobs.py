"""What the worker does for reconciliation: jobs by name, and acts by the clock."""

from app.core.jobs import Act, Periodic
from app.reconciliation import urging  # noqa: F401  (nobody is urged while the bank is behind)
from app.reconciliation.mapping.keeping import forget_tables
from app.reconciliation.taking import MATCH_JOB
from app.reconciliation.watching import watch_folder
from app.reconciliation.working import match_all, match_next

JOBS: dict[str, Act] = {
    MATCH_JOB: match_next,
}
PERIODIC = [
    Periodic("bank.watch", "*/5 * * * *", watch_folder),
    Periodic("bank.forget_tables", "29 * * * *", forget_tables),
    Periodic("bank.match_all", "*/15 * * * *", match_all),
]
