"""The rules of motions: how much support is enough by when, and how one discusses; written anew by two people."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.motions.models import MotionRules
from app.ballots.rules import read_fraction
from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.language import LANGUAGES, translator
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, fraction, whole
from app.members.models import Person
from app.members.roles import Role

ACT = "motion:rules"
SUBJECT = "motions:rules"
DAYS_MAX = 366
CONDUCT = (
    N_("No insults, threats or incitement against anybody."),
    N_("No personal data of others without their consent."),
    N_("Nothing that the law forbids."),
    N_("No advertising, and nothing posted again and again."),
    N_("Keep to the motion that is discussed."),
)


class SaysNoNumber(Refusal):
    """A threshold is a number, a part, or both."""

    message = N_("Say how many members are enough: a number, a part of all, or both.")
    field = "support_number"


class ConductMissing(Refusal):
    """Moderators act under published rules only."""

    message = N_("Give at least one rule of discussion, and as many in each language, a line each.")
    field = "conduct_en"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules as plain values; `id` is None for those that count where none were written."""

    support_number: int | None
    support_part: Fraction | None
    support_days: int
    statement_days: int
    zone: str
    conduct: tuple[dict[str, str], ...]
    id: int | None = None

    def as_data(self) -> dict[str, Any]:
        """As the columns of a version, and for a proposal."""
        return {
            "support_number": self.support_number,
            "support_part": str(self.support_part) if self.support_part is not None else None,
            "support_days": self.support_days,
            "statement_days": self.statement_days,
            "zone": self.zone,
            "conduct": list(self.conduct),
        }


def rules_now(session: Session) -> Rules:
    """The rules that count now: the last version, else a twentieth of all members within 30 days."""
    row = session.scalars(select(MotionRules).order_by(MotionRules.id.desc()).limit(1)).first()
    if row is None:
        said = tuple({lang: translator(lang)(text) for lang in LANGUAGES} for text in CONDUCT)
        return Rules(None, Fraction(1, 20), 30, 14, "UTC", said)
    part = Fraction(row.support_part) if row.support_part is not None else None
    return Rules(row.support_number, part, row.support_days, row.statement_days, row.zone, tuple(row.conduct), row.id)


def versions_of_rules(session: Session) -> list[MotionRules]:
    """Every version of the rules, the newest first."""
    return list(session.scalars(select(MotionRules).order_by(MotionRules.id.desc())))


def propose_rules(session: Session, wanted: Rules, *, by: Person, reason: str) -> Proposal:
    """Propose a new version; it counts once another organizer or secretary has approved it."""
    _judge(wanted)
    return propose(session, ACT, subject=SUBJECT, payload=wanted.as_data() | {"by": by.id}, by=by, reason=reason)


def read_part(text: str) -> Fraction | None:
    """A part of all members as typed, such as `1/20` or `5 %`; None for nothing."""
    return read_fraction(text) if text.strip() else None


def _judge(wanted: Rules) -> None:
    if wanted.support_number is None and wanted.support_part is None:
        raise SaysNoNumber
    if not wanted.conduct or not all(all(rule.get(lang) for lang in LANGUAGES) for rule in wanted.conduct):
        raise ConductMissing


def _write(session: Session, payload: dict[str, Any], by: int) -> None:
    said = {name: value for name, value in payload.items() if name != "by"}
    row = MotionRules(**said, written_at=clock.now(), proposed_by=payload["by"], approved_by=by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MOTION_RULES_WRITTEN, SUBJECT, by=by, version=row.id)


def _conduct(told: Told) -> Words:
    return [rule[told.lang] for rule in told.value]


_VALUES = (
    Value("support_number", N_("Supporters, a number"), whole),
    Value("support_part", N_("Supporters, a part of all members"), fraction),
    Value("support_days", N_("Days to gather support"), whole),
    Value("statement_days", N_("Days in which the board answers"), whole),
    Value("zone", N_("Time zone")),
    Value("conduct", N_("Rules of discussion"), _conduct),
)
register(
    TwoPersonAct(ACT, N_("Write the rules of motions anew"), (Role.ORGANIZER, Role.SECRETARY), _write, values=_VALUES)
)
