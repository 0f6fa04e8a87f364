"""Filing the confirmation of one purchase; those of a large offer are filed as one issue, like certificates."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.confirming.facts import CONFIRMATION, confirmation_facts, terms_behind
from app.documents.filing import file_document
from app.documents.models import Document
from app.members.persons import particulars_on
from app.shares.models import Lot

JOB = "documents.file_confirmation"


def file_confirmation(session: Session, lot_id: int, sold: dict[str, Any]) -> Document | None:
    """File what was bought as a record; the same lot again gives the same document. `sold` is that of `sold_in`.

    None where the terms do not say what intermediaries earn, and where the holder's data was erased before.
    """
    lot = session.scalars(select(Lot).where(Lot.id == lot_id).with_for_update(key_share=True)).one()
    terms = terms_behind(session, [lot]).get(lot.id)
    known = particulars_on(session, lot.membership.person_id, lot.allotted_on)
    if terms is None or known is None:
        return None
    facts = confirmation_facts(lot, known, terms, sold)
    holder, law = lot.membership.person, terms.law_id
    return file_document(session, CONFIRMATION, f"lot:{lot.id}", holder, facts, profile=law, as_record=True)
