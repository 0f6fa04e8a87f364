"""The gallery of all components, in demo mode: for those who build pages."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.core.errors import NotFound
from app.core.settings import settings
from app.web.pages import page

router = APIRouter()


@router.get("/demo/parts")
def parts(request: Request) -> HTMLResponse:
    """Every component once, with plausible content."""
    if not settings().demo:
        raise NotFound
    return page(request, "web/parts.html")
