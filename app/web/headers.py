"""What holds for every answer: which hosts are ours, how large a request may be, and what browsers may do with it."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.web.problems import problem

BODY_MAX = 16 * 1024 * 1024
POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
KEPT_FOR_BACK = "private, no-cache"  # what a form's steps say, which show only what was just typed
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1", "testserver"}  # the last is what in-process tests call us


class BodyTooLarge(Refusal):
    """The request is larger than anything we take."""

    message = N_("This is too large to be taken.")
    status = 413


class UnreadableAddress(Refusal):
    """The address holds a character that no text can hold."""

    message = N_("This address cannot be read.")
    status = 400


class Guard:
    """The outermost layer: hosts, sizes and headers, for pages, files and errors alike."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request, then add the headers to whatever answers it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["path"] != "/health" and not ours(headers.get("host", "")):
            await PlainTextResponse("This host is not served here.\n", 400)(scope, receive, send)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            await _unreadable(scope)(scope, receive, send)  # no text holds NUL
            return
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or len(length) > 15 or int(length) > BODY_MAX:
            await PlainTextResponse("This is too large to be taken.\n", 413)(scope, receive, send)
            return
        scope.setdefault("state", {})
        only_headers = scope["method"] == "HEAD"
        if only_headers:
            scope = {**scope, "method": "GET"}  # whatever can be read can be asked about

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope, message["status"])
                if message["status"] == 413 and "content-length" not in headers:
                    MutableHeaders(scope=message)["Connection"] = "close"  # else a body without end goes on
            elif only_headers:
                message = {**message, "body": b""}
            await send(message)

        await self.app(scope, _limited(receive), sending)


def _unreadable(scope: Scope) -> Response:
    if scope["path"].startswith("/api/"):
        return problem(Request(scope), UnreadableAddress())
    return PlainTextResponse("This address cannot be read.\n", 400)


def ours(host: str) -> bool:
    """Whether a Host header names this installation or this very machine."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name is not None and (name in LOCAL_HOSTS or name == urlsplit(settings().base_url).hostname)


def _limited(receive: Receive) -> Receive:
    seen = 0

    async def receiving() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > BODY_MAX:
            raise BodyTooLarge
        return message

    return receiving


def _add_headers(headers: MutableHeaders, scope: Scope, status: int) -> None:
    framed = "frame-ancestors *" in headers.get("Content-Security-Policy", "")  # X-Frame-Options cannot say that
    for name, value in ALWAYS.items():
        if not (framed and name == "X-Frame-Options"):
            headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", POLICY)
    if settings().secure:
        headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
    private = scope["state"].get("viewer") is not None or scope["method"] != "GET"
    if headers.get("Cache-Control") == KEPT_FOR_BACK and status < 400:
        return
    if private or status >= 400 or "set-cookie" in headers:
        headers["Cache-Control"] = "no-store"
    else:
        headers.setdefault("Cache-Control", "no-cache")
