"""Pages: every page is one template with the facts that all pages share; answers that lead to another page."""

from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from uuid import uuid4

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.core import tokens
from app.core.errors import N_
from app.core.language import LANGUAGES, NAMES, fill
from app.core.settings import settings
from app.core.templates import render
from app.web import tickets
from app.web.language import language_of
from app.web.showing import ShownForm
from app.web.static import static

NOTICE_COOKIE = "notice"
NOTICE_MAX = 1000
NOTICE_SECONDS = 300


class Viewer(Protocol):
    """The person who is signed in, as pages need to know them; set at `request.state.viewer`."""

    @property
    def name(self) -> str:
        """How the page addresses them."""

    @property
    def roles(self) -> frozenset[str]:
        """Names of the roles they hold now."""


class NavigationLink(NamedTuple):
    """A link of the header: for everyone (None), for whoever is signed in (empty), or for any of some roles."""

    label: str
    path: str
    roles: frozenset[str] | None = None


NAV: list[NavigationLink] = [
    NavigationLink(N_("Offers"), "/"),
    NavigationLink(N_("Can we buy it?"), "/plan"),
    NavigationLink(N_("Conversions"), "/conversions"),
    NavigationLink(N_("My pledges"), "/pledges", frozenset()),
    NavigationLink(N_("Ballots"), "/ballots", frozenset({"member", "teller"})),
    NavigationLink(N_("Motions"), "/motions", frozenset({"member", "secretary", "organizer", "auditor"})),
    NavigationLink(N_("My shares"), "/holdings", frozenset({"member"})),
    NavigationLink(N_("My page"), "/me", frozenset()),
    NavigationLink(N_("Desk"), "/desk", frozenset({"organizer", "treasurer", "secretary", "auditor"})),
]


class Reply(Exception):
    """A finished answer raised through a transaction, so that it rolls back."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(response.status_code)


@dataclass(frozen=True)
class LanguageLink:
    """The same page in another language."""

    lang: str
    name: str
    href: str


def page(request: Request, name: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page from `templates/<name>` in the reader's language, with the facts that every page has.

    Those are: lang, languages (links to the others), viewer, navigation, csrf and new_key (functions for the hidden
    fields of forms), path, announcement (the notice of a `redirect`), organization, base_url, demo, second_factor
    (whether staff need one), static, and for a form that was refused its refusal, values and problems, which
    `current` gives to the fields.
    """
    lang = language_of(request)
    ticket = tickets.Ticket(request)
    shared: dict[str, Any] = {
        "languages": _languages(request, lang),
        "viewer": viewer_of(request),
        "navigation": _navigation(request),
        "csrf": ticket.field,
        "new_key": _new_key,
        "path": request.url.path,
        "announcement": _notice(request),
        "organization": settings().organization,
        "base_url": settings().base_url,
        "demo": settings().demo,
        "second_factor": settings().second_factor_required,
        "static": static,
        "values": {},
        "problems": {},
        "labels": {},  # filled by the fields, for the list of problems on top
        "refusal": None,
    }
    said = shared | facts
    said["current"] = ShownForm(request.url.path, said["values"], said["problems"], said["refusal"] is not None)
    response = HTMLResponse(render(name, lang, **said), status_code=status)
    ticket.keep(response)
    if NOTICE_COOKIE in request.cookies:
        response.delete_cookie(NOTICE_COOKIE)
    return response


def redirect(request: Request, path: str, notice: str | None = None, **facts: Any) -> RedirectResponse:
    """Lead to another page of ours (303), which shows the notice once; any other address becomes the first page.

    The notice is a message marked with `N_`, with `{places}` filled by the facts.
    """
    response = RedirectResponse(local_path(path), status_code=303)
    if notice is not None:
        text = fill(notice, facts, language_of(request))[:NOTICE_MAX]
        response.set_cookie(
            NOTICE_COOKIE,
            tokens.seal("notice", text),
            max_age=NOTICE_SECONDS,
            secure=settings().secure,
            httponly=True,
            samesite="lax",
        )
    return response


def local_path(path: str, otherwise: str = "/") -> str:
    """The path when it leads to a page of this house, else `otherwise`: nobody is sent to a stranger's site."""
    plain = path.isprintable() and path.startswith("/") and "\\" not in path
    if not plain or path.startswith("//") or urlsplit(path).netloc:
        return otherwise
    return quote(path, safe="/?&=#%:,;@!$'()*+~-._")


def viewer_of(request: Request) -> Viewer | None:
    """The person who is signed in, or None."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    return viewer


def _new_key() -> str:
    return str(uuid4())


def _navigation(request: Request) -> list[NavigationLink]:
    viewer = viewer_of(request)
    held = getattr(viewer, "roles_anywhere", viewer.roles) if viewer is not None else frozenset[str]()
    return [
        link for link in NAV if link.roles is None or (viewer is not None and (not link.roles or link.roles & held))
    ]


def _languages(request: Request, lang: str) -> list[LanguageLink]:
    """Links to this page in the other languages; from a form shown again, to the page it was on."""
    path, query = request.url.path, request.url.query
    if request.method not in ("GET", "HEAD"):
        page_before = urlsplit(request.headers.get("referer", ""))
        here = page_before.netloc == request.headers.get("host")
        path, query = (page_before.path, page_before.query) if here else ("/", "")
    given = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "lang"]
    return [
        LanguageLink(other, NAMES[other], f"{quote(path)}?{urlencode([*given, ('lang', other)])}")
        for other in LANGUAGES
        if other != lang
    ]


def _notice(request: Request) -> str | None:
    cookie = request.cookies.get(NOTICE_COOKIE)
    return tokens.unseal("notice", cookie) if cookie else None
