"""The desk's forms of motions: the rules, the board's statement, and the ballot that a motion is made into."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.ballots.desk.form import read_rule
from app.ballots.models import Basis, Casting, RollShown
from app.ballots.motions.balloting import proposed_rule
from app.ballots.motions.models import MotionText, Stance
from app.ballots.motions.rules import DAYS_MAX, Rules, read_part
from app.ballots.rules import BadFraction, Rule
from app.core import clock
from app.core.language import LANGUAGES
from app.web.typed import Form

NOTICE_DAYS, VOTING_DAYS = 15, 14
AS_PROPOSED = "proposed"


def read_rules(form: Form) -> Rules:
    """The rules that the form says."""
    part = None
    try:
        part = read_part(form.text("support_part", max=20, required=False))
    except BadFraction as refusal:
        form.refuse("support_part", refusal)
    said = Rules(
        support_number=form.whole_or_none("support_number", min=1, max=10_000_000),
        support_part=part,
        support_days=form.whole("support_days", 1, DAYS_MAX),
        statement_days=form.whole("statement_days", 1, DAYS_MAX),
        zone=form.choice("zone", clock.zones()),
        conduct=_conduct(form),
    )
    form.done()
    return said


def typed_rules(rules: Rules) -> dict[str, str]:
    """Rules as the form shows them."""
    return {
        "support_number": str(rules.support_number or ""),
        "support_part": str(rules.support_part) if rules.support_part is not None else "",
        "support_days": str(rules.support_days),
        "statement_days": str(rules.statement_days),
        "zone": rules.zone,
        **{f"conduct_{lang}": "\n".join(each.get(lang, "") for each in rules.conduct) for lang in LANGUAGES},
    }


def read_statement(form: Form) -> tuple[Stance, dict[str, str], str]:
    """The board's statement: what it recommends, its text by language, and its own resolution."""
    stance = form.choice("stance", [each.name for each in Stance])
    texts = {lang: form.text(f"text_{lang}", max=20_000, required=False, lines=True) for lang in LANGUAGES}
    resolved = form.text("resolved", max=300)
    form.done()
    return Stance[stance], {lang: text for lang, text in texts.items() if text}, resolved


def typed_ballot_of(text: MotionText, motion_id: int, address: str) -> dict[str, str]:
    """The terms of a ballot as first proposed for a motion: its title, and hours that leave time for a notice."""
    opens = (clock.now() + timedelta(days=NOTICE_DAYS + 2)).astimezone(ZoneInfo("UTC")).replace(hour=8, minute=0)
    return {
        "slug": f"motion-{motion_id}",
        **{f"title_{lang}": title for lang, title in text.title.items()},
        **{f"summary_{lang}": address for lang in text.title},
        "zone": "UTC",
        "casting": Casting.RECORDED.value,
        "basis": Basis.MEMBER.value,
        "roll_shown": RollShown.HASHES.value,
        "changes_allowed": "yes",
        "record_date": (opens - timedelta(days=1)).date().isoformat(),
        "opens_at": opens.strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (opens + timedelta(days=VOTING_DAYS)).strftime("%Y-%m-%dT%H:%M"),
        "majority": AS_PROPOSED,
    }


def read_motion_rule(session: Session, form: Form, motion_id: int, law: str, *, asked: bool) -> Rule | None:
    """The rule by which the motion passes: as it proposes itself, or as the organizer says."""
    taken = proposed_rule(session, motion_id) if form.peek("majority") == AS_PROPOSED else None
    return read_rule(session, law, form, motion_asked=asked, taken=taken)


def _conduct(form: Form) -> tuple[dict[str, str], ...]:
    lines = {
        lang: [line.strip() for line in form.text(f"conduct_{lang}", max=4_000, lines=True).split("\n") if line.strip()]
        for lang in LANGUAGES
    }
    most = max(map(len, lines.values()))
    padded = {lang: said + [""] * (most - len(said)) for lang, said in lines.items()}
    return tuple({lang: padded[lang][number] for lang in LANGUAGES} for number in range(most))
