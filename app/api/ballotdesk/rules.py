"""Terms and the rule of an item as a program states them, judged as by the desk's form."""

from sqlalchemy.orm import Session

from app.api.ballotdesk.shapes import BallotTermsTaken, ItemTaken, NeedTaken
from app.ballots.casting.stores import has_store
from app.ballots.delegations.topics import topics_of
from app.ballots.desk.form import OWN, read_rule
from app.ballots.rules import Rule
from app.ballots.stating import BallotPlan
from app.core.errors import InvalidInput
from app.law.profiles import all_profiles
from app.web.typed import Form, NotAChoice

_PLACES = {
    **{
        f"{name}_{field}": f"{name}.{field}"
        for name in ("majority", "quorum")
        for field in ("base", "operator", "part")
    },
    "quorum_second": "quorum.second_part",
}


def plan_taken(session: Session, wanted: BallotTermsTaken) -> BallotPlan:
    """The terms that a program states; refuses a law, a topic and a way of casting that are not there."""
    wrong = {
        "law": bool(wanted.law) and wanted.law not in [law.id for law in all_profiles()],
        "casting": not has_store(wanted.casting),
        "topic_id": wanted.topic_id is not None and wanted.topic_id not in [each.id for each in topics_of(session)],
    }
    if any(wrong.values()):
        raise InvalidInput({name: NotAChoice() for name, found in wrong.items() if found})
    return wanted.plan()


def rule_taken(session: Session, law: str, wanted: ItemTaken, *, motion_asked: bool) -> Rule | None:
    """The majority and quorum of an item of a ballot under a law ("" for none); problems at the program's fields."""
    form = Form(_typed("majority", wanted.majority) | _typed("quorum", wanted.quorum))
    rule = read_rule(session, law, form, motion_asked=motion_asked)
    if form.problems:
        raise InvalidInput({_PLACES.get(name, name): problem for name, problem in form.problems.items()})
    return rule


def _typed(name: str, need: NeedTaken | str | None) -> dict[str, str]:
    """A need as the fields of the form."""
    if need is None:
        return {}
    if isinstance(need, str):
        return {name: need}
    second = {f"{name}_second": need.second_part} if need.second_part else {}
    return {name: OWN, f"{name}_base": need.base, f"{name}_operator": need.operator, f"{name}_part": need.part} | second
