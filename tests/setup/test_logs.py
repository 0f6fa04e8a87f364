"""The logs: what happened and where, and nobody's data."""

import asyncio
import io
import json
import logging

import psycopg
import pydantic
import pytest
import structlog

from app.core import logs, settings


@pytest.fixture
def said(monkeypatch):
    """Lines written to the log since, each as a dictionary."""
    monkeypatch.setenv("COSTAKE_LOG_FORMAT", "json")
    settings.settings.cache_clear()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    logs.configure()
    written = io.StringIO()
    catching = logging.StreamHandler(written)
    catching.setFormatter(logging.getLogger().handlers[0].formatter)
    logging.getLogger().handlers = [catching]
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.getLogger().handlers, level = before
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()
    settings.settings.cache_clear()


class Route:
    path = "/confirm/{token}"


def ask(path: str, fails: Exception | None = None, route: object | None = None) -> dict[bytes, bytes]:
    """Send one request through the log; the headers of the answer."""
    sent = []

    async def application(scope, receive, send):
        if route is not None:
            scope["route"] = route
        if fails is not None:
            raise fails
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"secret=1", "headers": []}
    asyncio.run(logs.RequestLog(application)(scope, None, send))
    return dict(sent[0]["headers"])


def test_a_request_is_told_by_its_route_and_number_never_by_its_path(said):
    headers = ask("/confirm/abc.123", route=Route())
    (line,) = said()
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "GET", Route.path, 200)
    assert line["request"] == headers[b"x-request-id"].decode()
    assert "abc.123" not in json.dumps(line)
    assert "secret" not in json.dumps(line)


def test_a_path_without_a_route_is_not_told_either(said):
    ask("/ada@example.org")
    (line,) = said()
    assert line["route"] == "(no route)"


def test_healthy_answers_to_monitors_are_not_told(said):
    ask("/health", route=Route())
    assert said() == []


def test_a_failed_request_tells_type_and_place_of_the_error(said):
    with pytest.raises(RuntimeError):
        ask("/offers/1", fails=RuntimeError("no such thing for ada@example.org"), route=Route())
    failed, request = said()
    assert failed["request"] == request["request"]
    assert request["status"] == 500
    assert "test_logs.py" in failed["exception"]
    assert "RuntimeError: no such thing for (address)" in failed["exception"]


def test_other_libraries_write_in_the_same_way(said):
    logging.getLogger("some.library").warning("sent to %s", "Ada <ada@example.org>")
    (line,) = said()
    assert (line["logger"], line["level"], line["event"]) == ("some.library", "warning", "sent to Ada <(address)>")


def test_other_libraries_only_say_what_went_wrong(said):
    logging.getLogger("some.library").info("asking /confirm/abc.123")
    assert said() == []


def test_a_database_error_tells_no_row(said, database):
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TEMPORARY TABLE known (name text PRIMARY KEY)")
        connection.execute("INSERT INTO known VALUES ('Ada Lovelace')")
        with pytest.raises(psycopg.errors.UniqueViolation) as caught:
            connection.execute("INSERT INTO known VALUES ('Ada Lovelace')")
    assert "Lovelace" in str(caught.value)
    assert "known_pkey" in logs.told(caught.value)
    assert "Lovelace" not in logs.told(caught.value)


def test_a_form_that_cannot_be_read_tells_the_fields_only():
    class Form(pydantic.BaseModel):
        shares: int

    with pytest.raises(pydantic.ValidationError) as caught:
        Form(shares="as many as Ada Lovelace has")
    assert "shares: int_parsing" in logs.told(caught.value)
    assert "Lovelace" not in logs.told(caught.value)
