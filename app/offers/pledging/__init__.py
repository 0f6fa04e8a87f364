"""Pledging: the form makes a pledge, its letter confirms it; while the offer is open it can be changed or withdrawn."""

from app.offers.pledging.changing import Change, change_pledge
from app.offers.pledging.confirming import (
    LinkExpired,
    LinkNotValid,
    LinkUsed,
    PledgedAlready,
    confirm_pledge,
    pledge_of_link,
)
from app.offers.pledging.judging import (
    DeadlineOver,
    OfferNotOpen,
    TermsChanged,
    TooFew,
    TooMany,
    beyond_limits,
    refuse_unless_open,
    takes_pledges,
)
from app.offers.pledging.making import PURPOSE, make_pledge
from app.offers.pledging.standing import move_pledge, own_pledge, standing_pledge
from app.offers.pledging.wishes import Declared, Holding, Wish
from app.offers.pledging.withdrawing import NotWithdrawable, end_pledge, withdraw_pledge

__all__ = [
    "PURPOSE",
    "Change",
    "DeadlineOver",
    "Declared",
    "Holding",
    "LinkExpired",
    "LinkNotValid",
    "LinkUsed",
    "NotWithdrawable",
    "OfferNotOpen",
    "PledgedAlready",
    "TermsChanged",
    "TooFew",
    "TooMany",
    "Wish",
    "beyond_limits",
    "change_pledge",
    "confirm_pledge",
    "end_pledge",
    "make_pledge",
    "move_pledge",
    "own_pledge",
    "pledge_of_link",
    "refuse_unless_open",
    "standing_pledge",
    "takes_pledges",
    "withdraw_pledge",
]
