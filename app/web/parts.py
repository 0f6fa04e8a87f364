"""The gallery of all components, in demo mode: for those who build pages, and a form on which to try refusals."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from app.core.errors import N_, NotFound
from app.core.money import Money
from app.core.settings import settings
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter()


@router.get("/demo/parts")
def show_parts(request: Request) -> HTMLResponse:
    """Every component once, with plausible content."""
    if not settings().demo:
        raise NotFound
    return page(request, "web/parts.html")


@router.post("/demo/parts")
def try_form(request: Request, fields: Fields) -> Response:
    """Read the form as any other, and do nothing with it."""
    if not settings().demo:
        raise NotFound
    with shown_again(request, "web/parts.html", fields):
        form = Form(fields)
        form.key()
        name = form.text("legal_name")
        form.email("email")
        form.money("price", "USD", min=Money(1, "USD"))
        shares = form.whole("shares", min=1)
        form.text("phone", 30, required=False)
        form.moment("deadline_at", "America/New_York")
        form.choice("country", ["FR", "US"])
        form.text("summary", 10_000, lines=True)
        form.choice("holder", ["person", "company"])
        form.choices("topics", ["offer", "meetings"])
        form.checked("agree", required=True)
        form.done()
    return redirect(request, "/demo/parts", N_("{name} would hold {shares} shares."), name=name, shares=shares)
