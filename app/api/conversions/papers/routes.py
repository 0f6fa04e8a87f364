"""The papers of a conversion over the API: answers, checklist, what is filed, and the structure questionnaire."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Once, ReadsConversions, WatchesConversions, WritesConversions
from app.api.conversions.papers.shapes import (
    AdviceGiven,
    AnswerGiven,
    AnswersTaken,
    LineGiven,
    PaperGiven,
    PointGiven,
    StructureAsked,
)
from app.conversion.answers.answering import answer, answers_of, read_answers
from app.conversion.answers.questions import questions_for
from app.conversion.plan.models import Conversion
from app.conversion.plan.starting import find_conversion
from app.conversion.structure.advising import advise, law_of
from app.core.errors import N_, NotFound, Refusal
from app.core.language import say
from app.documents.converting.facts import FACTS
from app.documents.converting.filing import file_paper, paper
from app.documents.filing import file_of
from app.documents.kinds import kind_of
from app.exports.filingpack.checklist import checklist
from app.web.database import Snapshot

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Conversions"])


@router.get("/structure", operation_id="getStructureAdvice", summary=N_("Which way to a co-operative"))
def get_advice(caller: ReadsConversions, asked: Annotated[StructureAsked, Query()]) -> AdviceGiven:
    """The route that some answers lead to, and the points for counsel, each with the law’s words and sources."""
    advice = advise(asked.model_dump())
    points = [PointGiven(text=each.text, law=each.profile, says=law_of(each)) for each in advice.points]
    return AdviceGiven(
        route=advice.route.id if advice.route else None,
        later=advice.later.id if advice.later else None,
        points=points,
    )


@router.get("/conversions/{slug}/answers", operation_id="getConversionAnswers", summary=N_("Answers for the papers"))
def get_answers(caller: WatchesConversions, session: Snapshot, slug: str) -> list[AnswerGiven]:
    """Every question that the law of a conversion brings up, with what was answered."""
    return _answers(session, find_conversion(session, slug))


@router.post("/conversions/{slug}/answers", operation_id="answerConversion", summary=N_("Answer for the papers"))
def give_answers(caller: WritesConversions, session: Once, slug: str, wanted: AnswersTaken) -> list[AnswerGiven]:
    """Answer some questions by their keys; an empty text takes an answer back. Others stay as they are."""
    conversion = find_conversion(session, slug)
    answer(session, conversion, read_answers(conversion.law, wanted.answers), by=caller.person_id)
    return _answers(session, conversion)


@router.get("/conversions/{slug}/papers", operation_id="listConversionPapers", summary=N_("Papers of a conversion"))
def list_papers(caller: WatchesConversions, session: Snapshot, slug: str) -> list[PaperGiven]:
    """The papers of a conversion by kind: as last filed, or not yet."""
    conversion = find_conversion(session, slug)
    return [_paper(session, conversion, kind) for kind in FACTS]


@router.post(
    "/conversions/{slug}/papers/{kind}",
    operation_id="fileConversionPaper",
    summary=N_("File a paper of a conversion"),
    status_code=201,
)
def file_one(caller: WritesConversions, session: Once, slug: str, kind: str) -> PaperGiven:
    """File a paper as what is known says it, or its next version when something changed."""
    conversion = find_conversion(session, slug)
    if kind not in FACTS:
        raise NotFound
    file_paper(session, conversion, kind, by=caller.person(session))
    return _paper(session, conversion, kind)


@router.get(
    "/conversions/{slug}/checklist", operation_id="getFilingChecklist", summary=N_("What the filing pack lacks")
)
def get_checklist(caller: WatchesConversions, session: Snapshot, slug: str) -> list[LineGiven]:
    """Each line of the filing pack’s checklist: there, a draft, or missing; `costake conversion pack` makes the ZIP."""
    return [
        LineGiven(
            title=line.title,
            mark=line.mark.name.lower(),
            more=say(line.more, "en") if isinstance(line.more, Refusal) else line.more,
        )
        for line in checklist(session, find_conversion(session, slug))
    ]


def _answers(session: Session, conversion: Conversion) -> list[AnswerGiven]:
    known = answers_of(session, conversion)
    return [
        AnswerGiven(
            key=each.key, title=each.title, shape=each.shape.value, needed=each.needed, said=known.get(each.key)
        )
        for group in questions_for(conversion.law).values()
        for each in group
    ]


def _paper(session: Session, conversion: Conversion, kind: str) -> PaperGiven:
    filed, title = paper(session, conversion, kind), kind_of(kind).title
    if filed is None:
        return PaperGiven(kind=kind, title=title, number=None, version=None, draft=None, verify_code=None, sha256=None)
    return PaperGiven(
        kind=kind,
        title=title,
        number=filed.number,
        version=filed.version,
        draft=bool(filed.facts.get("counsel")),
        verify_code=filed.verify_code,
        sha256=file_of(session, filed),
    )
