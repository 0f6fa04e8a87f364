"""What nobody expected becomes a page that says so: with the request's number, and without a trace of the insides."""

from fastapi import Request
from sqlalchemy.exc import OperationalError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import get_contextvars

from app.core.errors import N_, Refusal
from app.core.logs import log
from app.web.refusals import Unexpected, answer

RETRY_SECONDS = 5


class Unavailable(Refusal):
    """The database does not answer; what was begun has been undone."""

    message = N_("Our database does not answer at the moment. Nothing was changed. Please try again in a minute.")
    status = 503


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
        except Exception as error:
            if scope["type"] != "http" or begun:
                raise  # only breaking the answer off tells the client
            log.exception("request failed", route=getattr(scope.get("route"), "path", "(no route)"))
            number = get_contextvars().get("request")
            refusal = Unavailable() if isinstance(error, OperationalError) else Unexpected()
            response = answer(Request(scope), refusal, **({"request_number": number} if number else {}))
            if refusal.status == 503:
                response.headers["Retry-After"] = str(RETRY_SECONDS)
            await response(scope, receive, send)
