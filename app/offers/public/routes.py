"""What everyone sees of an offer: the first page, its own page, its total for others, its updates, and questions."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from app.core.errors import N_, NotFound
from app.core.language import LANGUAGES
from app.core.settings import settings
from app.core.templates import render
from app.members.access import Someone
from app.offers.desk.funnel.counting import count
from app.offers.desk.models import Stage
from app.offers.pledging.statements import statements
from app.offers.public.asking import ask
from app.offers.public.drawing import SECONDS, picture
from app.offers.public.feeds import feed
from app.offers.public.keeping import Kept
from app.offers.public.pictures import ring
from app.offers.public.projecting import about
from app.offers.public.sharing import address, badge_snippet, qr_code, share_links, share_text, snippet
from app.offers.public.showing import first_page, page_of
from app.offers.public.totals import Total, live_total
from app.offers.reading import offer_seen
from app.web.countries import country_names
from app.web.database import Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.limiting import QUESTION
from app.web.pages import NOTICE_COOKIE, page, redirect, viewer_of
from app.web.static import static

router = APIRouter()
WIDGET_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
PICTURE_POLICY = "default-src 'none'; frame-ancestors 'none'"
FOR_OTHERS = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}

_bodies: Kept[bytes] = Kept()


@router.get("/")
def show_offers(request: Request) -> Response:
    """The first page: the open offer with its live total, and the others."""
    return _kept(request, lambda: page(request, "offers/index.html", offers=first_page(), ring=_ring_of))


@router.get("/offers/{slug}")
def show_offer(request: Request, slug: str) -> Response:
    """One offer: its terms, its live total, what organizers say, and the way to the form."""
    shown = _kept(request, lambda: page(request, "offers/show.html", **_facts(request, slug)))
    count(page_of(slug).shown.offer.id, Stage.SEEN)
    return shown


@router.get("/offers/{slug}/total")
def show_total(request: Request, slug: str) -> Response:
    """The live total alone, with which the page keeps itself up to date."""
    lang = language_of(request)
    total = live_total(slug)
    body = _bodies.get(
        ("total", slug, lang), lambda: render("offers/public/total.html", lang, total=total, ring=_ring_of).encode()
    )
    return HTMLResponse(body)


@router.get("/offers/{slug}/total.json")
def give_total(slug: str) -> Response:
    """The live total for other sites and programs."""
    headers = {**FOR_OTHERS, "Cache-Control": "public, max-age=2"}
    return JSONResponse(_as_json(live_total(slug)), headers=headers)


@router.get("/offers/{slug}/widget")
def show_widget(request: Request, slug: str, lang_of_site: str = "") -> Response:
    """How the offer stands, for the frame of another site: no cookie, no script."""
    lang = lang_of_site if lang_of_site in LANGUAGES else language_of(request)
    total = live_total(slug)

    def make() -> bytes:
        facts = {"total": total, "href": address(slug), "static": static, "organization": settings().organization}
        return render("offers/public/widget.html", lang, **facts, ring=_ring_of).encode()

    headers = {**FOR_OTHERS, "Content-Security-Policy": WIDGET_POLICY, "Cache-Control": "public, max-age=5"}
    return HTMLResponse(_bodies.get(("widget", slug, lang), make), headers=headers)


@router.get("/offers/{slug}/badge.svg")
def show_badge(request: Request, slug: str) -> Response:
    """How the offer stands, as a small picture for other sites."""
    body = render("offers/public/badge.svg", language_of(request), total=live_total(slug))
    return _picture(body.encode(), "image/svg+xml", 60)


@router.get("/offers/{slug}/picture-{lang}.png")
def show_picture(slug: str, lang: str) -> Response:
    """The picture that networks show beside a link to the offer."""
    if lang not in LANGUAGES:
        raise NotFound
    live_total(slug)  # an offer that is not public has no picture
    return _picture(picture(slug, lang, settings().organization), "image/png", SECONDS)


@router.get("/offers/{slug}/qr.svg")
def show_qr_code(slug: str) -> Response:
    """The address of the page as a QR code."""
    live_total(slug)
    return _picture(qr_code(slug), "image/svg+xml", 86_400)


@router.get("/offers/{slug}/updates.atom")
def show_feed(slug: str) -> Response:
    """The updates of the offer, as a feed to subscribe to."""
    found = page_of(slug)
    body = feed(found.shown.offer, found.shown.terms.title, found.updates, settings().organization)
    headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    return Response(body, media_type="application/atom+xml", headers=headers)


@router.post("/offers/{slug}/questions", dependencies=QUESTION)
def ask_question(request: Request, session: Tx, viewer: Someone, slug: str, fields: Fields) -> Response:
    """Ask the organizers a question, which is shown once it is answered."""
    offer = offer_seen(session, slug)
    with shown_again(request, "offers/show.html", fields, **_facts(request, slug)):
        form = Form(fields)
        text, key = form.text("question", 1_000, lines=True), form.key()
        form.done()
        ask(session, offer, viewer.person(session), text, key)
    notice = N_("Thank you. The organizers will answer; your question appears here with their answer.")
    return redirect(request, f"/offers/{slug}", notice)


def _kept(request: Request, make: Callable[[], HTMLResponse]) -> Response:
    """A page that is the same for all who are not signed in: made about once a second for all of them."""
    if viewer_of(request) is not None or request.url.query or NOTICE_COOKIE in request.cookies:
        return make()

    def body() -> bytes:
        made = make()
        assert "set-cookie" not in made.headers, "a page for everyone holds nothing of one browser"
        return bytes(made.body)

    return HTMLResponse(_bodies.get((request.url.path, language_of(request)), body))


def _facts(request: Request, slug: str) -> dict[str, Any]:
    found, lang = page_of(slug), language_of(request)
    words = found.words
    shown, total = found.shown, live_total(slug)
    text = share_text(total, words.share_text if words else "", lang)
    return {
        "found": found,
        "offer": shown.offer,
        "terms": shown.terms,
        "law": found.law,
        "known_first": statements(shown.terms, found.law, lang)[0],
        "model": shown.model,
        "total": total,
        "ring": _ring_of,
        "about": about,
        "countries": country_names(lang),
        "share_text": text,
        "share_links": share_links(slug, text, words.hashtag if words else ""),
        "address": address(slug),
        "picture": address(slug, f"/picture-{lang}.png?of={total.people}-{total.pledged.minor}"),
        "snippet": snippet(slug, shown.terms.title),
        "badge": badge_snippet(slug, shown.terms.title),
    }


def _ring_of(total: Total) -> tuple[tuple[str, ...], int]:
    return ring(total.pledged.minor, total.target.minor)


def _picture(body: bytes, kind: str, seconds: int) -> Response:
    headers = {**FOR_OTHERS, "Content-Security-Policy": PICTURE_POLICY, "Cache-Control": f"public, max-age={seconds}"}
    return Response(body, media_type=kind, headers=headers)


def _as_json(total: Total) -> dict[str, Any]:
    """Whole minor units, as the API gives money."""
    given = asdict(total)
    days_left = total.days_left
    return {
        "offer": total.slug,
        "url": address(total.slug),
        **{name: given[name] for name in ("title", "state", "people", "shares", "paid_people")},
        **{name: given[name] for name in ("pledged", "paid", "target")},
        "deadline_at": total.deadline_at.isoformat(),
        "days_left": days_left,
    }
