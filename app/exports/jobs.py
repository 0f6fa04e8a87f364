"""What the worker does for exports: jobs by name, and acts by the clock."""

from app.core.jobs import Act, Periodic
from app.exports.registers.making import JOB as EXPORT_JOB
from app.exports.registers.making import forget_exports, make_export

JOBS: dict[str, Act] = {
    EXPORT_JOB: make_export,
}
PERIODIC = [
    Periodic("exports.forget", "13 * * * *", forget_exports),
]
