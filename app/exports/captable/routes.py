"""The cap table for the desk: pictures with their figures, and the lots of one holder."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select

from app.core.errors import N_, NotFound, Refusal
from app.exports.captable.drawing import areas, axes, bar
from app.exports.captable.reading import classes_on, converted, growth, largest_holders, lots_of_member
from app.members.access import Desk
from app.members.models import Membership
from app.members.persons import name_of
from app.shares.desk.showing import act_title
from app.shares.numbering import numbers_of
from app.web.database import Id, Snapshot
from app.web.days import read_day
from app.web.pages import page

router = APIRouter(prefix="/desk/cap-table")


class NotARatio(Refusal):
    """The conversion cannot be read."""

    message = N_("Write the ratio as two whole numbers from 1 to 1,000,000, and choose two different classes.")


@router.get("")
def show_cap_table(
    request: Request,
    session: Snapshot,
    viewer: Desk,
    as_of: str = "",
    convert: str = "",
    into: str = "",
    given: str = "1",
    for_each: str = "1",
) -> Response:
    """Who owns what on a day: by class, over time, with pledges, and as a conversion would leave it."""
    day = read_day(as_of)
    rows = classes_on(session, day)
    codes = [row.code for row in rows]
    issued = {row.code: row.shares for row in rows}
    diluted = {row.code: row.shares + row.pledged for row in rows}
    whole = sum(diluted.values())
    facts: dict[str, Any] = {
        "classes": rows,
        "issued": bar(issued, codes, whole),
        "diluted": bar(diluted, codes, whole),
        "after": _after(issued, codes, convert, into, given, for_each),
        "whole": whole,
        "total": sum(issued.values()),
        "holders": _holders(session, day, codes),
        "typed": {"convert": convert, "into": into, "given": given, "for_each": for_each},
    }
    grown = growth(session, day)
    facts |= {"grown": grown, "areas": areas(grown, codes), "axes": axes(grown)}
    return page(request, "exports/cap_table.html", as_of=day, codes=codes, **facts)


@router.get("/holders/{number}")
def show_lots(request: Request, session: Snapshot, viewer: Desk, number: Id, as_of: str = "") -> Response:
    """The lots of one holder on a day, those that have ended too."""
    day = read_day(as_of)
    lots = lots_of_member(session, number, day)
    if not lots:
        raise NotFound
    facts: dict[str, Any] = {
        "lots": lots,
        "numbers": numbers_of(session, [lot.id for lot in lots]),
        "titles": {lot.ended_by: act_title(lot.ended_by) for lot in lots if lot.ended_by},
        "holder": name_of(session, session.scalars(select(Membership).where(Membership.number == number)).one().person),
    }
    return page(request, "exports/lots.html", number=number, as_of=day, **facts)


def _holders(session: Snapshot, day: date, codes: list[str]) -> list[dict[str, Any]]:
    rows = largest_holders(session, day)
    most = rows[0].shares if rows else 0
    return [
        {
            "number": row.number,
            "name": row.legal_name,
            "shares": row.shares,
            "by_class": sorted(row.by_class.items()),
            "bar": bar(row.by_class, codes, most),
        }
        for row in rows
    ]


def _after(
    issued: dict[str, int], codes: list[str], convert: str, into: str, given: str, for_each: str
) -> dict[str, Any] | None:
    if not convert:
        return None
    whole = [int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0 for text in (given, for_each)]
    if convert == into or convert not in codes or into not in codes or not all(0 < each <= 1_000_000 for each in whole):
        raise NotARatio
    shares = converted(issued, convert, into, whole[0], whole[1])
    total = sum(shares.values())
    return {
        "shares": shares,
        "total": total,
        "bar": bar(shares, codes, total),
        "before": bar(issued, codes, sum(issued.values())),
    }
