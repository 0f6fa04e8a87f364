"""Tickets against forged forms: a random cookie, and in each form a field that only we can derive from it."""

import hmac
import secrets
from urllib.parse import urlsplit

from fastapi import Request
from starlette.responses import Response

from app.core import tokens
from app.core.errors import N_, Refusal
from app.core.settings import settings

FIELD = "csrf"


class StaleForm(Refusal):
    """The form carries no ticket, or another browser's."""

    message = N_("This form is too old, or your browser refused its cookie. Load the page again and send it once more.")
    status = 403


class ForeignForm(Refusal):
    """The form was sent from a page that is not ours."""

    message = N_("This form was sent from another site. Load the page here and send it again.")
    status = 403


def cookie_name() -> str:
    """The cookie's name; over https one that no sister domain can set."""
    return "__Host-form" if settings().secure else "form"


def _field_for(cookie: str) -> str:
    return tokens.seal("form", cookie).rpartition(".")[2]


class Ticket:
    """The ticket of one answer: made when a form asks for it, kept in a cookie when it is new."""

    def __init__(self, request: Request) -> None:
        self._cookie = request.cookies.get(cookie_name())
        self._new = False

    def field(self) -> str:
        """The value for the form's hidden field."""
        if not self._cookie:
            self._cookie = secrets.token_urlsafe(24)
            self._new = True
        return _field_for(self._cookie)

    def keep(self, response: Response) -> None:
        """Set the cookie if a form was shown to a browser that has none."""
        if self._new and self._cookie:
            response.set_cookie(
                cookie_name(), self._cookie, path="/", secure=settings().secure, httponly=True, samesite="lax"
            )


def check(request: Request, field: str | None) -> None:
    """Refuse a form that did not come from one of our pages in this very browser."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise ForeignForm
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc not in (
        request.headers.get("host"),
        urlsplit(settings().base_url).netloc,
    ):
        raise ForeignForm
    cookie = request.cookies.get(cookie_name())
    if not cookie or not field or not hmac.compare_digest(field.encode(), _field_for(cookie).encode()):
        raise StaleForm
