"""What the law of a ballot says of proxies: for how many one holder may act, and how long a proxy may be used."""

from datetime import date

from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.law import notices, weights
from app.law.adapting import law_for
from app.law.decisions import Decision
from app.law.profiles import Profile

_HOLDERS, _AGE = "proxy", "approvals.holders.proxies"
_MOST = "max_members_per_proxy"
_ONE_MEETING = frozenset({"fr-sa-scic"})
"""Code de commerce R225-79: a proxy is given for one meeting, or for two that are linked."""
_NAMELESS = frozenset({"fr-sa-scic"})
"""Code de commerce L225-106, III: the chair votes for what the board puts or agrees to, and against the rest."""


def most_represented(session: Session, ballot: Ballot) -> int | None:
    """For how many members one proxy holder may vote; None where the law of the ballot sets no limit."""
    law = _law(session, ballot)
    value = law.values.get(_HOLDERS) if law else None
    return value.whole(_MOST) if value is not None and _MOST in getattr(value.data, "keys", tuple)() else None


def judge_many(session: Session, ballot: Ballot, represented: int) -> Decision | None:
    """What the law says of a holder who acts for so many; None where it sets no limit."""
    law = _law(session, ballot)
    return weights.proxies(law, represented) if law and most_represented(session, ballot) is not None else None


def judge_age(session: Session, ballot: Ballot, given: date, used: date) -> Decision | None:
    """What the law says of a proxy of one day used on another; None where it sets no age."""
    law = _law(session, ballot)
    return notices.proxy_age(law, given, max(given, used)) if law and _AGE in law.values else None


def standing_allowed(law: str) -> bool:
    """Whether the law of a profile lets a proxy be given for more than one meeting; where it is silent, it does."""
    return law not in _ONE_MEETING


def nameless_allowed(law: str) -> bool:
    """Whether under the law of a profile a form of proxy without a name is the chair's to vote by."""
    return law in _NAMELESS


def _law(session: Session, ballot: Ballot) -> Profile | None:
    return law_for(session, ballot.terms.law) if ballot.terms.law else None
