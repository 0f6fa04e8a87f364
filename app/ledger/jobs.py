"""What the worker does for ledger: acts by the clock."""

from app.core.jobs import Periodic
from app.ledger.sealing import seal_entries

PERIODIC = [
    Periodic("ledger.seal", "*/5 * * * *", seal_entries),
]
