"""What the worker does for members: acts by the clock."""

from app.core.jobs import Periodic
from app.members.apitokens.answering import forget_answers
from app.members.people import reaching  # noqa: F401  (letters that jobs write go where it says)

PERIODIC = [
    Periodic("api.forget", "27 * * * *", forget_answers),
]
