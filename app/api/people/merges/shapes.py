"""Shapes of records that may be, or are, one person."""

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.shapes import Counted, Given, ReasonTaken
from app.members.people.duplicating import Candidate
from app.members.people.models import PersonMerge
from app.members.people.resolving import standing_merge, standing_merges_into


class MergeTaken(ReasonTaken):
    """Another record that is the same person."""

    absorbed: Counted = Field(description="The record that becomes part of this one.")


class MergeGiven(Given):
    """A merge that stands."""

    id: int
    survivor: int = Field(description="The record that remains.")
    absorbed: int = Field(description="The record that is part of it.")
    reason: str


class CandidateGiven(Given):
    """Two records that may be one person, and why."""

    person: int
    name: str
    other: int
    other_name: str
    reasons: list[str] = Field(description="What speaks for it, or against it.", examples=[["same_name"]])
    pledged_twice: list[str] = Field(description="Offers in which both have a pledge that stands.")


def merges_given(session: Session, person_id: int) -> list[MergeGiven]:
    """The merges that stand in which a record takes part."""
    own, into = standing_merge(session, person_id), standing_merges_into(session, person_id)
    return [_merge_given(each) for each in ([own, *into] if own else into)]


def candidate_given(each: Candidate) -> CandidateGiven:
    """A pair as the desk shows it."""
    return CandidateGiven(
        person=each.person.id,
        name=each.name,
        other=each.other.id,
        other_name=each.other_name,
        reasons=[reason.name.lower() for reason in each.likeness.reasons],
        pledged_twice=each.pledged_twice,
    )


def _merge_given(merge: PersonMerge) -> MergeGiven:
    return MergeGiven(id=merge.id, survivor=merge.survivor_id, absorbed=merge.absorbed_id, reason=merge.reason)
