"""The web application on a port of this machine, in demo mode, asked over real HTTP."""

import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from app.core.settings import settings


@pytest.fixture
def demo(monkeypatch, tmp_path) -> Iterator[None]:
    monkeypatch.setenv("COSTAKE_DEMO", "1")
    monkeypatch.setenv("COSTAKE_VAR", str(tmp_path))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def serve() -> Iterator[Callable[[FastAPI], str]]:
    """Serves an application until the test ends; gives its address."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: FastAPI) -> str:
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.005)
        running.append((server, thread))
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join()


@pytest.fixture
def app(demo) -> FastAPI:
    """The application as it is; a test may add routes before it asks for `browser`."""
    from app.main import build

    return build()


@pytest.fixture
def browser(app, serve) -> Iterator[httpx.Client]:
    """A browser of its own, with its own cookies, that does not follow redirects."""
    with httpx.Client(
        timeout=60, base_url=serve(app), headers={"Accept": "text/html", "Accept-Language": "en"}
    ) as client:
        yield client
