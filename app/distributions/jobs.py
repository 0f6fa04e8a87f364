"""What the worker does for distributions: jobs by name."""

from app.core.jobs import Act
from app.distributions.telling import JOB as TELL_JOB
from app.distributions.telling import tell_members

JOBS: dict[str, Act] = {
    TELL_JOB: tell_members,
}
