"""Meetings and topics over the API: planned and listed by the desk of ballots."""

from fastapi import APIRouter, Request
from sqlalchemy import select

from app.api.access import ApiRoute, DraftsBallots, Once, ReadsBallots, WatchesBallots
from app.api.meetings.shapes import (
    MeetingAtDesk,
    MeetingTaken,
    TopicGiven,
    TopicTaken,
    meeting_at_desk,
    topic_given,
)
from app.ballots.delegations.topics import add_topic, topics_of
from app.ballots.meetings import plan_meeting
from app.ballots.models import Meeting
from app.core.errors import N_
from app.web.database import Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Ballots"])


@router.get("/meetings", operation_id="listMeetings", summary=N_("List meetings"))
def list_meetings(request: Request, caller: WatchesBallots, session: Snapshot, paging: Pages) -> Listed[MeetingAtDesk]:
    """Meetings as they are planned, the newest first."""
    wanted = select(Meeting).order_by(Meeting.id.desc()).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(Meeting.id < after[0])
    rows, lang = session.scalars(wanted).all(), language_of(request)
    return paging.listed(rows, lambda row: [row.id], lambda row: meeting_at_desk(row, lang))


@router.post("/meetings", operation_id="planMeeting", summary=N_("Plan a meeting"), status_code=201)
def plan(request: Request, caller: DraftsBallots, session: Once, wanted: MeetingTaken) -> MeetingAtDesk:
    """Plan a meeting; its ballots are drafted next, and their notice says when and where it is."""
    row = plan_meeting(session, wanted.slug, wanted.plan(), by=caller.person_id)
    return meeting_at_desk(row, language_of(request))


@router.get("/topics", operation_id="listTopics", summary=N_("List topics of ballots"))
def list_topics(request: Request, caller: ReadsBallots, session: Snapshot, paging: Pages) -> Listed[TopicGiven]:
    """What ballots can be about, so that members delegate by it."""
    after, lang = paging.after(), language_of(request)
    rows = [row for row in topics_of(session) if after is None or row.id > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row.id], lambda row: topic_given(row, lang))


@router.post("/topics", operation_id="addTopic", summary=N_("Add a topic of ballots"), status_code=201)
def add(request: Request, caller: DraftsBallots, session: Once, wanted: TopicTaken) -> TopicGiven:
    """Add a topic; topics stay, as delegations name them."""
    return topic_given(add_topic(session, wanted.name.said(), by=caller.person_id), language_of(request))
