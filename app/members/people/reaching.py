"""Reaching: letters to a person go to the contact address for notices, else where they sign in, else by post."""

from sqlalchemy.orm import Session

from app.core import clock
from app.letters.addressing import register_addresser
from app.members.people.contacting import ContactKind, contact_on
from app.members.people.kinds import Purpose
from app.members.people.living import death_of


def letters_go_to(session: Session, person_id: int, sign_in: str | None) -> str | None:
    """The e-mail address for a person's letters now; None when they go by post.

    After a death it is only one that was recorded for the estate: nobody reads the mailbox of the dead.
    """
    contact, died = contact_on(session, person_id, ContactKind.EMAIL, clock.today()), death_of(session, person_id)
    fits = contact is not None and contact.value != "" and Purpose.NOTICES in contact.purposes
    if died is not None:
        return contact.value if contact and fits and contact.recorded_at >= died.recorded_at else None
    return contact.value if contact and fits else sign_in


register_addresser(letters_go_to)
