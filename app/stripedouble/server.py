"""The double over HTTP, on loopback only: the API, the pages for people, and the control interface for tests."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.stripedouble import control, files, pages
from app.stripedouble.double import Double, Reply, Request, Work, dumped, refusal, request_id
from app.stripedouble.errors import Failure, invalid

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
BODY_MAX = 1_000_000


def loopback(host: str) -> bool:
    """Whether a host is this machine only."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol, which lets the application close a connection without an answer."""

    def on_message_begin(self) -> None:
        """Give the connection to the application."""
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class Server:
    """The ASGI application."""

    def __init__(self, double: Double) -> None:
        self.double = double

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").rpartition(":")[0].strip("[]")
        if not loopback(host):  # a page elsewhere must not reach the double through a name of its own
            await _send(send, refusal(invalid("The double answers on loopback only."), {}))
            return
        try:
            body, file = _unpacked(headers, await _body(receive, scope["path"]))
        except Failure as failure:
            await _send(send, refusal(failure, {}))
            return
        query = scope["query_string"].decode("latin-1")
        request = Request(scope["method"], scope["path"], query, headers, body, file)
        if request.path.startswith("/v1/"):
            await self._api(request, scope, receive, send)
        elif request.path.startswith("/_double"):
            await _send(send, self._control(request))
        else:
            status, location, text = pages.answer(self.double, request)
            kind = "text/css" if request.path.endswith(".css") else "text/html"
            more = {"Location": location} if location else {}
            await _send(send, Reply(status, text.encode(), more), f"{kind}; charset=utf-8")

    async def _api(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        taken = self.double.begin(request, request_id())
        rule = taken.rule
        if isinstance(taken, Reply):
            if rule is not None and rule.silent:
                await _no_answer(rule.do, rule.seconds, scope, receive)
            else:
                await _send(send, taken)
            return
        try:
            reply = await self._work(taken, scope, receive)
        finally:
            taken.finish()
        if reply is None:
            return
        if rule is not None and rule.do in ("hang", "close"):
            await _no_answer(rule.do, rule.seconds, scope, receive)
            return
        await _send(send, reply)

    async def _work(self, taken: Work, scope: Scope, receive: Receive) -> Reply | None:
        rule = taken.rule
        if rule is not None and rule.do in ("hang_before", "close_before"):
            await _no_answer(rule.do, rule.seconds, scope, receive)
            return None
        if rule is not None and rule.do == "latency":
            await asyncio.sleep(rule.seconds)
        return taken.do()

    def _control(self, request: Request) -> Reply:
        try:
            said = json.loads(request.body or b"{}")
        except ValueError:
            said = None
        if not isinstance(said, dict):
            return refusal(invalid("The control interface takes a JSON object."), {})
        try:
            return Reply(200, dumped(control.answer(self.double, request.method, request.path, said)), {})
        except Failure as failure:
            return refusal(failure, {})
        except (KeyError, TypeError, ValueError) as error:  # whoever writes a test reads why
            return refusal(invalid(f"The control interface cannot do this: {type(error).__name__} {error}"), {})


async def _no_answer(how: str, seconds: float, scope: Scope, receive: Receive) -> None:
    """Leave the client without an answer: close the connection at once, or when it has waited."""
    if how.startswith("hang"):
        try:
            async with asyncio.timeout(seconds):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            pass
    scope["state"]["transport"].abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def _unpacked(headers: dict[bytes, bytes], body: bytes) -> tuple[bytes, bytes]:
    kind = headers.get(b"content-type", b"")
    return files.unpacked(kind, body) if kind.startswith(b"multipart/form-data") else (body, b"")


async def _body(receive: Receive, path: str) -> bytes:
    chunks, size, most = [], 0, BODY_MAX + (files.BYTES_MAX if path == "/v1/files" else 0)
    while True:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most:
            raise Failure(413, "invalid_request_error", "The request is too large.")
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


async def _send(send: Send, reply: Reply, kind: str = "application/json") -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(reply.body))]
    headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()]
    headers.append((b"cache-control", b"no-cache, no-store"))
    if kind.startswith("text/html"):
        policy = b"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
        headers += [(b"content-security-policy", policy), (b"referrer-policy", b"no-referrer")]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
