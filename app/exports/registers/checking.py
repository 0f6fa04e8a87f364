"""Checking a register against the books: for each class, lots on the day and holdings in the journal are the same."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.exports.registers.asking import Wanted, places

# The second sum weighs each holding with its holder's number, so that shares in a wrong holding are found as well.
_COMPARE = """
    WITH held AS (
        SELECT share_class_id, membership_id, sum(shares) AS shares FROM lot
        WHERE allotted_on <= :day AND recorded_at <= :known_at AND NOT EXISTS (
            SELECT FROM lot_end WHERE lot_id = lot.id AND ended_on <= :day AND recorded_at <= :known_at)
        GROUP BY 1, 2
    ), lots AS (
        SELECT c.code, sum(shares) AS shares, sum(shares * m.number) AS weighed
        FROM held JOIN membership m ON m.id = membership_id JOIN share_class c ON c.id = share_class_id GROUP BY 1
    ), books AS (
        SELECT substr(p.unit, 7) AS code, sum(p.amount) AS shares,
               sum(p.amount * substr(a.subject, 8)::numeric) AS weighed
        FROM posting p JOIN account a ON a.id = p.account_id JOIN entry e ON e.id = p.entry_id
        WHERE a.kind = 'holder' AND e.effective_on <= :day AND e.booked_at <= :known_at GROUP BY 1
    )
    SELECT code, coalesce(lots.shares, 0), coalesce(books.shares, 0) FROM lots FULL JOIN books USING (code)
    WHERE (coalesce(lots.shares, 0), coalesce(lots.weighed, 0))
        <> (coalesce(books.shares, 0), coalesce(books.weighed, 0))
    ORDER BY code LIMIT 1
"""


class RegisterDisagrees(Refusal):
    """The register and the books do not agree: nobody should rely on the export."""

    message = N_(
        "The register and the books do not agree for class {code}: {lines} against {books}. Run costake prove."
    )
    status = 500


def refuse_disagreeing(session: Session, wanted: Wanted) -> None:
    """Raise `RegisterDisagrees` unless every class has in its lots what the books say, holder by holder."""
    if wanted.register not in ("members", "movements"):
        return
    asked = {name: value for name, value in places(wanted).items() if name in ("day", "known_at")}
    wrong = session.execute(text(_COMPARE), asked).first()
    if wrong is not None:
        raise RegisterDisagrees(code=wrong[0], lines=int(wrong[1]), books=int(wrong[2]))
