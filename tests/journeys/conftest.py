"""A house that is open: the real web server on a real port, and a worker that works when told to."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn

from tests.journeys.visitors import Visitor


@pytest.fixture
def address(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the web server, which runs in this process on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("COSTAKE_BASE_URL", base_url)
        from app.core.settings import settings
        from app.main import app

        settings.cache_clear()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield base_url
        server.should_exit = True
        thread.join()


@pytest.fixture
def visitor(address: str) -> Callable[..., Visitor]:
    """Opens a browser for one more person."""
    return lambda language="en": Visitor(address, language)


@pytest.fixture
def work(database: str) -> Callable[[], None]:
    """Lets the worker do everything that is due; none of it may fail."""
    from app.worker import run_until_idle

    def until_idle() -> None:
        failures = run_until_idle()
        assert not failures, failures

    return until_idle
