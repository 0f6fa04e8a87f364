"""Which requests to the solidarity fund wait: those that it may still pay."""

from sqlalchemy import Select, select

from app.offers.models import Pledge, PledgeState
from app.offers.pledging.solidarity.models import SolidarityRequest


def waiting_requests() -> Select[SolidarityRequest]:
    """The requests that the fund may still pay: asked by the letter's link, not ended, of pledges not confirmed yet."""
    return (
        select(SolidarityRequest)
        .join(Pledge, Pledge.id == SolidarityRequest.pledge_id)
        .where(
            SolidarityRequest.asked_at.is_not(None),
            SolidarityRequest.ended_at.is_(None),
            Pledge.state == PledgeState.UNCONFIRMED,
        )
    )
