"""The rule of an item as a program states it, read by the reader of the desk's form."""

from sqlalchemy.orm import Session

from app.api.ballotdesk.shapes import ItemTaken, NeedTaken
from app.ballots.desk.form import OWN, read_rule
from app.ballots.rules import Rule
from app.core.errors import InvalidInput
from app.web.typed import Form

_PLACES = {
    **{
        f"{name}_{field}": f"{name}.{field}"
        for name in ("majority", "quorum")
        for field in ("base", "operator", "part")
    },
    "quorum_second": "quorum.second_part",
}


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
