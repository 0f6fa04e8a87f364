"""What nobody expected becomes a page that says so: with the request's number, and without a trace of the insides."""

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import get_contextvars

from app.core.logs import log
from app.web.refusals import Unexpected, answer


class Breakage:
    """Wraps the application inside the log of requests, whose number the page tells to whoever asks for help."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, whatever happens."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception:
            if scope["type"] != "http" or begun:
                raise  # only breaking the answer off tells the client
            log.exception("request failed", route=getattr(scope.get("route"), "path", "(no route)"))
            number = get_contextvars().get("request")
            response = answer(Request(scope), Unexpected(), **({"request_number": number} if number else {}))
            await response(scope, receive, send)
