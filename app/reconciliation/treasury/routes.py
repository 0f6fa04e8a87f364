"""The treasurer's first page."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.members.access import Desk
from app.reconciliation.treasury.expecting import ages, expected, forecast, succeeded_so_far
from app.reconciliation.treasury.position import HELD, OWED, cash_position
from app.reconciliation.treasury.waiting import statements_behind, waiting_now
from app.web.database import Snapshot
from app.web.days import read_day
from app.web.pages import page

router = APIRouter(prefix="/desk/treasury")
WIDE = 1000  # of a bar in its picture


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk, as_of: str = "") -> Response:
    """What needs the treasurer now, the cash position, what is expected and its age, and what will be charged."""
    day = read_day(as_of)
    cash, aged, dues = cash_position(session, day), ages(session, day), forecast(session)
    facts: dict[str, Any] = {
        "as_of": day,
        "waiting": waiting_now(session),
        "behind": statements_behind(session),
        "cash": [(each, _bars((*each.held.values(), *each.owed.values()))) for each in cash],
        "expected": expected(session, day),
        "ages": list(zip(aged, _bars([each.open for each in aged]), strict=True)),
        "dues": list(zip(dues, _bars([each.cents for each in dues]), strict=True)),
        "charged": succeeded_so_far(session),
        "titles": HELD | OWED,
    }
    return page(request, "reconciliation/treasury.html", **facts)


def _bars(sizes: Iterable[int]) -> list[int]:
    """The width of a bar for each amount, the largest being the whole width; what is there is never invisible."""
    found = list(sizes)
    most = max((abs(size) for size in found), default=0)
    return [max(WIDE * abs(size) // most, 3) if size and most else 0 for size in found]
