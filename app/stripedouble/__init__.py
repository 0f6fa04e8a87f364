"""A stateful double of Stripe on loopback: for tests, for the demonstration, and for work without a network.

It keeps its state in memory, checks parameters against the types of the installed `stripe` package, and knows nothing
of our tables. `costake dev stripe` runs it; tests run it with `running()`.
"""

from app.stripedouble.client import Control
from app.stripedouble.starting import running, running_process

__all__ = ["Control", "running", "running_process"]
