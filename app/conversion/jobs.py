"""What the worker does for conversion: jobs by name, and acts by the clock."""

from app.conversion.after.reminding import remind_of_duties
from app.conversion.exchange.executing import EXECUTE_JOB, execute_due, execute_or_halt
from app.conversion.exchange.reckoning import RECKON_JOB, reckon_next
from app.conversion.plan import meeting as _plans  # noqa: F401  (an exchange waits for the plan that relies on it)
from app.conversion.plan.reminding import remind
from app.core.jobs import Act, Periodic

JOBS: dict[str, Act] = {
    RECKON_JOB: reckon_next,
    EXECUTE_JOB: execute_or_halt,
}
PERIODIC = [
    Periodic("conversion.execute_due", "* * * * *", execute_due),
    Periodic("conversion.remind", "41 7 * * *", remind),
    Periodic("conversion.remind_of_duties", "43 7 * * *", remind_of_duties),
]
