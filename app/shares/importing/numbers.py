"""Numbers of shares that a file brings in: read as ranges, held against each other and the register, and kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import clock
from app.core.bulk import write_rows
from app.core.errors import N_, Refusal
from app.shares.importing.reading import Holding
from app.shares.models import ShareClass, ShareNumbering, ShareNumbers
from app.shares.numbering import Range, begin_numbering, keep_clear, number_lots

_TAKEN = text("""
    SELECT DISTINCT ON (asked.place) asked.place, greatest(s.first_number, asked.first) AS number, m.number AS member
    FROM unnest(CAST(:firsts AS bigint[]), CAST(:lasts AS bigint[])) WITH ORDINALITY AS asked (first, last, place)
    JOIN share_numbers s ON s.share_class_id = :class AND s.first_number <= asked.last AND s.last_number >= asked.first
    JOIN lot l ON l.id = s.lot_id JOIN membership m ON m.id = l.membership_id ORDER BY asked.place, s.id DESC
""")
_HAS_LOTS = text("SELECT EXISTS (SELECT FROM lot WHERE share_class_id = :class)")


class NumberOfAnother(Refusal):
    """A share's number is given once."""

    message = N_("Share number {number} of class {code} is given twice: {who} has it too.")


def taken_numbers(session: Session, lots: Sequence[Holding]) -> Iterator[tuple[Holding, NumberOfAnother]]:
    """The lines whose shares have numbers that other lines, or shares that are or were in the register, have."""
    by_class: dict[str, list[tuple[Range, Holding]]] = defaultdict(list)
    for line in lots:
        by_class[line.class_code] += [(numbers, line) for numbers in line.share_numbers]
    for code, ranges in by_class.items():
        ranges.sort(key=lambda each: (each[0], each[1].number))
        yield from _twice_in_the_file(code, ranges)
        found = session.query(ShareClass).filter_by(code=code).first()
        if found is not None:
            firsts, lasts = ([each[0][end] for each in ranges] for end in (0, 1))
            for row in session.execute(_TAKEN, {"firsts": firsts, "lasts": lasts, "class": found.id}):
                who = f"№ {row.member}"
                yield ranges[row.place - 1][1], NumberOfAnother(number=row.number, code=code, who=who)


def _twice_in_the_file(code: str, ranges: Sequence[tuple[Range, Holding]]) -> Iterator[tuple[Holding, NumberOfAnother]]:
    """Ranges in order: whoever begins before all earlier ones have ended shares a number with one of them."""
    last, whose = 0, None
    for (first, end), line in ranges:
        if whose is not None and first <= last:
            yield line, NumberOfAnother(number=first, code=code, who=whose.legal_name)
        if end > last:
            last, whose = end, line


def begin_numbers(
    session: Session, lots: Sequence[Holding], classes: Mapping[str, ShareClass], *, by: int | None, reason: str
) -> None:
    """Number the classes whose shares come with numbers, and never give those to other shares.

    Raises `NumberOfAnother` when one was given to other shares since the plan was made.
    """
    for code, found in classes.items():
        numbered = [line for line in lots if line.class_code == code and line.share_numbers]
        if not numbered:
            continue
        keep_clear(session, found, max(line.share_numbers[-1][1] for line in numbered))
        for _, taken in taken_numbers(session, numbered):  # nobody else gives numbers now
            raise taken
        if session.get(ShareNumbering, found.id) is None:
            days = [line.allotted_on for line in numbered if line.allotted_on]
            begins_on = clock.today() if session.scalar(_HAS_LOTS, {"class": found.id}) else min(days)
            begin_numbering(session, found, by=by, reason=reason, begins_on=begins_on)


def keep_numbers(
    session: Session, lots: Sequence[tuple[int, Holding]], classes: Mapping[str, ShareClass], at: datetime
) -> None:
    """Write the numbers of lots as they came; those that came without, of a numbered class, get the next."""
    rows = [
        {
            "lot_id": lot_id,
            "share_class_id": classes[line.class_code].id,
            "first_number": first,
            "last_number": last,
            "given_on": line.allotted_on,
            "recorded_at": at,
        }
        for lot_id, line in lots
        for first, last in line.share_numbers
    ]
    write_rows(session, ShareNumbers, rows)
    number_lots(session, [lot_id for lot_id, _ in lots])
