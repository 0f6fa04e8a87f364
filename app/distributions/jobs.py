"""What the worker does for distributions: jobs by name."""

from app.core.jobs import Act
from app.distributions.telling import JOB as TELL_JOB
from app.distributions.telling import REVERSED_JOB, tell_members, tell_reversed

JOBS: dict[str, Act] = {
    TELL_JOB: tell_members,
    REVERSED_JOB: tell_reversed,
}
