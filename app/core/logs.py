"""Logs: one line per event on standard error, and nobody's personal data in any of them.

No addresses of people or machines, no names, no paths or queries as typed (they carry tokens): a request is logged
as its route's template. Errors keep their type and place; their messages are cleaned of values.
"""

import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ProcessorFormatter, add_log_level

from app.core.settings import settings

Event = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LEVELS = {  # ours say what they did; others only what went wrong, for what else they say may name people
    "costake": "INFO",
    "app": "INFO",
    "procrastinate": "ERROR",
    "psycopg.pool": "ERROR",
    "weasyprint": "ERROR",
    "fontTools": "ERROR",
}
_EMAIL = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+")
_JOB_ARGUMENTS = re.compile(r"(\w\[\d+\])\(.*\)", re.DOTALL)
_SQL_VALUES = re.compile(r"\n?(DETAIL:|CONTEXT:|\[SQL:|\[parameters:).*", re.DOTALL)
_MESSAGE_MAX = 500

log = structlog.stdlib.get_logger("costake")


def configure() -> None:
    """Send every library's logs and ours to standard error, as the settings say: `json` or `text`."""
    shared: list[Any] = [merge_contextvars, add_log_level, TimeStamper(fmt="iso", utc=True), _private]
    if settings().log_format == "json":
        renderer: Any = JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[*shared, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _StandardError()
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=shared, processors=[_logger_name, ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel("WARNING")
    logging.captureWarnings(True)
    for name, level in LEVELS.items():
        logging.getLogger(name).setLevel(level)
    logging.getLogger("uvicorn.error").addFilter(_not_told_yet)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is now: it may be replaced and closed while the process lives."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # found anew each time instead of kept
        return sys.stderr


def told(error: BaseException) -> str:
    """An error for the log: types, places, and messages without the values of rows, forms and people."""
    return "\n".join(_told(error))


class RequestLog:
    """Wraps an ASGI application: each request gets a number, sent back as `X-Request-ID`, and one line in the log."""

    def __init__(self, application: Application) -> None:
        """Wrap `application`."""
        self.application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        request, status, started = secrets.token_hex(8), 0, time.perf_counter()

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request.encode())]
            await send(message)

        with bound_contextvars(request=request):
            try:
                await self.application(scope, receive, numbered)
            except Exception:
                log.exception("request failed", route=_route(scope))
                if not status:
                    raise
            finally:
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                say = log.debug if scope["path"] == "/health" and status == 200 else log.info
                say("request", method=scope["method"], route=_route(scope), status=status or 500, ms=milliseconds)


def _not_told_yet(record: logging.LogRecord) -> bool:
    """Leave out what `RequestLog` has said, with the request's number."""
    return not record.getMessage().startswith("Exception in ASGI application")


def _route(scope: Message) -> str:
    """The template of the route, such as `/offers/{number}`: never the path itself."""
    template = getattr(scope.get("route"), "path", None)
    if template is not None:
        return str(scope.get("root_path", "")) + str(template)
    return "(files)" if scope.get("endpoint") is not None else "(no route)"


def _private(logger: Any, method: str, event: Event) -> Event:
    """Clean what is about to be written; errors become text here, so that no other formatter tells their values."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["exception"] = told(error)
    event["event"] = _cleaned(str(event.get("event", "")))
    return event


def _logger_name(logger: Any, method: str, event: Event) -> Event:
    """Say which library speaks, when it is not us."""
    record = event.get("_record")
    if record is not None and record.name != "costake":
        event["logger"] = record.name
        record.exc_info = record.exc_text = None  # told above
    return event


def _told(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _told(cause)
        yield "which led to:"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
    yield f"{type(error).__module__}.{type(error).__qualname__}: {_message(error)}".removeprefix("builtins.")


def _message(error: BaseException) -> str:
    """What an error says, as far as it is no value: of a database error the first line, of a form the fields' names."""
    listed = getattr(error, "errors", None)
    if callable(listed):
        return "; ".join(f"{'.'.join(map(str, each.get('loc', ())))}: {each.get('type')}" for each in listed())
    diagnosis = getattr(getattr(error, "orig", error), "diag", None)
    primary = getattr(diagnosis, "message_primary", None)
    return _cleaned(primary or str(error))


def _cleaned(text: str) -> str:
    text = _SQL_VALUES.sub("", _JOB_ARGUMENTS.sub(r"\1", text))
    return _EMAIL.sub("(address)", text)[:_MESSAGE_MAX]
