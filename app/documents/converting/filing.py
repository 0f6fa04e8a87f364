"""Filing the papers of a conversion: the next version when something changed; a plan or report meets its step."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.conversion.plan.gating import why_not
from app.conversion.plan.meeting import Offered, meet, standings
from app.conversion.plan.models import Conversion
from app.core import clock
from app.core.errors import N_, Refusal
from app.documents.converting.facts import FACTS, PLAN, RESOLUTION, Known
from app.documents.filing import file_document, file_version
from app.documents.models import Document
from app.law.plans.steps import Evidence
from app.members.models import Person

MEETS = {PLAN: ("plan", "report")}
"""Which steps a paper meets by being filed, where the plan has them open."""


class NoVote(Refusal):
    """A resolution is what a ballot carried."""

    message = N_("Meet the step of the vote first: the resolution says what was carried, and by how many.")
    status = 409


def file_paper(session: Session, conversion: Conversion, kind: str, *, by: Person) -> Document:
    """File a paper of a conversion as what is known says it; unchanged, it is the one filed before.

    Raises `FactsMissing` with what is still to be answered, and `NoVote`.
    """
    known = Known(session, conversion)
    facts = FACTS[kind](known)
    if kind == RESOLUTION and "resolution_text" not in facts:
        raise NoVote
    before = paper(session, conversion, kind)
    if before is None:
        filed = file_document(
            session, kind, _cause(conversion), None, facts, profile=conversion.law, language=known.language
        )
    elif all(before.facts.get(name) == value for name, value in facts.items()):
        filed = before
    else:
        filed = file_version(session, before, facts)
    for key in MEETS.get(kind, ()):
        _meet_if_open(session, conversion, key, filed, by)
    return filed


def paper(session: Session, conversion: Conversion, kind: str) -> Document | None:
    """The latest version of a paper, None before it is filed."""
    cause = f"{kind}:{_cause(conversion)}"
    named = or_(Document.source == cause, Document.source.startswith(f"{cause}#", autoescape=True))
    return session.scalars(select(Document).where(named).order_by(Document.version.desc()).limit(1)).first()


def _cause(conversion: Conversion) -> str:
    return f"conversion:{conversion.slug}"


def _meet_if_open(session: Session, conversion: Conversion, key: str, filed: Document, by: Person) -> None:
    all_ = standings(session, conversion)
    today = clock.today(conversion.zone)
    if key not in all_ or all_[key].met_on is not None or why_not(all_[key].step, all_, today) is not None:
        return
    assert filed.verify_code is not None and filed.pdf_sha256 is not None, "papers are verified by a code"
    what = Offered(Evidence.DOCUMENT, today, document=filed.verify_code, sha256=filed.pdf_sha256)
    meet(session, conversion.slug, key, what, by=by)
