"""Who holders were on a day, of many records by a few questions: each as `particulars_about` finds one."""

from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.members.models import Particulars
from app.members.people.models import PersonMerge
from app.members.persons import particulars_about
from app.members.restricting import Restriction


def particulars_of(session: Session, asked: Select[int, int, date]) -> dict[int, Particulars]:
    """The particulars about each of many, by id; none of whose data was erased. `asked` gives id, person_id and day."""
    of = asked.subquery()
    rows = (
        select(of.c.id, Particulars)
        .join(Particulars, Particulars.person_id == of.c.person_id)
        .where(Particulars.person_id.not_in(select(Restriction.person_id)))
        .ext(distinct_on(of.c.id))
        .order_by(
            of.c.id,
            (Particulars.valid_from <= of.c.day).desc(),
            func.abs(Particulars.valid_from - of.c.day),
            Particulars.id.desc(),
        )
    )
    found = {row.id: row.Particulars for row in session.execute(rows)}
    ever = select(PersonMerge.survivor_id).union(select(PersonMerge.absorbed_id))
    for id_, person_id, day in session.execute(select(of).where(of.c.person_id.in_(ever))).all():
        particulars = particulars_about(session, person_id, day)
        if particulars is not None:
            found[id_] = particulars
    return found
