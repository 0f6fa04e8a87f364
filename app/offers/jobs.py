"""What the worker does for offers: jobs by name, and acts by the clock."""

from app.core.jobs import Act, Periodic
from app.offers import charging  # noqa: F401  (says what charge runs may take for offers)
from app.offers.desk.reminders.reminding import JOB as REMIND_JOB
from app.offers.desk.reminders.reminding import remind_next
from app.offers.drafting import INVITE_JOB
from app.offers.paying import ways  # noqa: F401  (letters about cards lead to the pledge's page)
from app.offers.pledging.confirming import LIKENESS_JOB
from app.offers.pledging.inviting import invite_interested
from app.offers.pledging.likening import notice_likeness
from app.offers.pledging.secrets import forget_old_secrets
from app.offers.pledging.solidarity.returning import RETURN_JOB, return_next
from app.offers.result.counting import ANNOUNCE_JOB, tally_due, tell_of_early_closing
from app.offers.result.deciding import end_windows
from app.offers.result.settling import COLLECT_JOB, SETTLE_JOB, collect_next, settle_next
from app.offers.terms.changing import ASK_JOB, ask_to_reconfirm
from app.offers.terms.reconfirming import lapse_unconfirmed

JOBS: dict[str, Act] = {
    SETTLE_JOB: settle_next,
    COLLECT_JOB: collect_next,
    ANNOUNCE_JOB: tell_of_early_closing,
    ASK_JOB: ask_to_reconfirm,
    REMIND_JOB: remind_next,
    LIKENESS_JOB: notice_likeness,
    INVITE_JOB: invite_interested,
    RETURN_JOB: return_next,
}
PERIODIC = [
    Periodic("offers.lapse_unconfirmed", "* * * * *", lapse_unconfirmed),
    Periodic("offers.tally_due", "* * * * *", tally_due),
    Periodic("offers.end_windows", "* * * * *", end_windows),
    Periodic("pledging.forget", "37 * * * *", forget_old_secrets),
]
