"""What the worker does for privacy: jobs by name, and acts by the clock."""

from app.core.jobs import Act, Periodic
from app.privacy.filing import MAKE_JOB, forget_files, make_file
from app.privacy.removing import finish_erasures

JOBS: dict[str, Act] = {
    MAKE_JOB: make_file,
}
PERIODIC = [
    Periodic("privacy.forget_files", "7 * * * *", forget_files),
    Periodic("privacy.finish", "11 3 * * *", finish_erasures),
]
