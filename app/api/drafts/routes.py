"""Drafting a distribution over the API: its terms with the file of their basis, which declare nothing."""

from uuid import uuid4

from fastapi import APIRouter
from sqlalchemy.orm import Session

from app.api.access import LongRoute, Once, WritesPayments
from app.api.distributions.shapes import DistributionPreview, preview_given
from app.api.drafts.shapes import DistributionTaken
from app.core.errors import N_, InvalidInput
from app.core.uploads import SentFile
from app.distributions.basis import BasisRefused
from app.distributions.drafting import draft_distribution, preview
from app.distributions.models import DistributionDraft
from app.members.models import Person
from app.shares.desk.showing import class_options
from app.web.typed import NotAChoice

router = APIRouter(prefix="/api/v1", route_class=LongRoute, tags=["Payments"])
TOLD = 200
"""How many wrong lines of a basis are told at once."""


@router.post(
    "/distribution-drafts", operation_id="draftDistribution", summary=N_("Draft a distribution"), status_code=201
)
def draft(caller: WritesPayments, session: Once, wanted: DistributionTaken) -> DistributionPreview:
    """Keep terms and basis as a draft, which declares nothing; wrong lines are told at `basis.` and their number."""
    codes = [code for code, _ in class_options(session)]
    for name in ("class_code", "into_class"):
        if getattr(wanted, name) and getattr(wanted, name) not in codes:
            raise InvalidInput({name: NotAChoice()})
    row = _drafted(session, wanted, caller.person(session))
    return preview_given(row.id, preview(session, row))


def _drafted(session: Session, wanted: DistributionTaken, by: Person) -> DistributionDraft:
    basis = SentFile("basis.csv", wanted.basis.encode()) if wanted.basis is not None else None
    try:
        return draft_distribution(session, wanted.terms(), basis, form_key=str(uuid4()), by=by)
    except BasisRefused as refusal:
        raise InvalidInput({f"basis.{line}": problem for line, problem in refusal.lines[:TOLD]}) from refusal
