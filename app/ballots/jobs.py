"""What the worker does for ballots: jobs by name, and acts by the clock."""

from app.ballots.calling import NOTICE_JOB as BALLOT_NOTICE_JOB
from app.ballots.delegations.using import use_delegations
from app.ballots.motions.lapsing import keep_motions
from app.ballots.motions.telling import STATEMENT_JOB as MOTION_STATEMENT_JOB
from app.ballots.motions.telling import tell_supporters
from app.ballots.opening import DELEGATIONS_JOB, keep_time
from app.ballots.opening import INVITE_JOB as BALLOT_INVITE_JOB
from app.ballots.secret.keys import OPEN_JOB as OPEN_PAPERS_JOB
from app.ballots.secret.opening import open_papers
from app.ballots.telling import invite, send_notices
from app.core.jobs import Act, Periodic

JOBS: dict[str, Act] = {
    BALLOT_NOTICE_JOB: send_notices,
    BALLOT_INVITE_JOB: invite,
    DELEGATIONS_JOB: use_delegations,
    MOTION_STATEMENT_JOB: tell_supporters,
    OPEN_PAPERS_JOB: open_papers,
}
PERIODIC = [
    Periodic("ballots.keep_time", "* * * * *", keep_time),
    Periodic("motions.keep", "* * * * *", keep_motions),
]
