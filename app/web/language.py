"""The reader's language: a choice kept in a cookie, else what the browser asks for."""

from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.language import LANGUAGES, choose
from app.core.settings import settings

COOKIE = "language"
_YEAR = 365 * 24 * 3600


def language_of(connection: HTTPConnection) -> str:
    """The language in which this request is answered."""
    lang = getattr(connection.state, "lang", None)
    if lang in LANGUAGES:
        return str(lang)
    chosen = connection.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else choose(connection.headers.get("accept-language", ""))


class LanguageSwitch:
    """Turns `?lang=fr` on any page into a cookie, by a redirect to the same page without it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a wish for another language; pass everything else on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        wish = request.query_params.get("lang")
        is_page = not request.url.path.startswith("/api/")
        if is_page and wish in LANGUAGES and request.method in ("GET", "HEAD"):
            answer = RedirectResponse(_without_wish(request), status_code=303)
            answer.set_cookie(COOKIE, wish, max_age=_YEAR, secure=settings().secure, httponly=True, samesite="lax")
            await answer(scope, receive, send)
            return
        lang = language_of(request)
        request.state.lang = lang

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith(("text/html", "image/svg+xml")):
                    headers.setdefault("content-language", lang)
                    headers.add_vary_header("Accept-Language")
                    headers.add_vary_header("Cookie")
            await send(message)

        await self.app(scope, receive, telling)


def _without_wish(request: Request) -> str:
    rest = [(name, value) for name, value in parse_qsl(request.url.query, keep_blank_values=True) if name != "lang"]
    path = "/" + request.url.path.lstrip("/\\")  # never another host
    return f"{path}?{urlencode(rest)}" if rest else path
