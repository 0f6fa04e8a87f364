"""What the worker does for letters: jobs by name."""

from app.core.jobs import Act
from app.letters.sending import send

JOBS: dict[str, Act] = {
    "letters.send": send,
}
