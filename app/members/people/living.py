"""Living: whether a person's death is on record; from then on nobody signs in as them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.members.people.models import Estate
from app.members.people.resolving import same_person


class HasDied(Refusal):
    """Nobody signs in as a person who has died."""

    message = N_("This person has died. Whoever acts for the estate signs in with an address of their own.")
    status = 403


def death_of(session: Session, person_id: int) -> Estate | None:
    """The death of a person as it is on record, in any record that is merged with theirs."""
    return session.scalars(select(Estate).where(Estate.person_id.in_(same_person(person_id)))).first()


def refuse_the_dead(session: Session, person_id: int) -> None:
    """Raise `HasDied` when the person's death is on record."""
    if death_of(session, person_id) is not None:
        raise HasDied
