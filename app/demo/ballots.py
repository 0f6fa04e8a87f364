"""The demonstration's ballots: one that the founding circle decided, certified, and the conversion vote, open now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from app.ballots.calling import call_ballot
from app.ballots.casting.recording import Part, Way, cast_vote
from app.ballots.drafting import ItemPlan, add_item, draft_ballot, find_ballot, items_of
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Basis
from app.ballots.opening import keep_time
from app.ballots.questions import motion
from app.ballots.result.certifying import count_ballot, propose_certification
from app.ballots.rules import CallRule, Need, Rule
from app.ballots.stating import BallotPlan
from app.core import clock
from app.law.thresholds import Threshold
from app.members.approvals.approving import decide
from app.members.models import Person

ZONE = "America/Los_Angeles"
MAJORITY = Rule(CallRule((Need(Threshold("for", "cast_for_against", ">", Fraction(1, 2))),)))
TWO_THIRDS = Rule(
    CallRule(
        (Need(Threshold("for", "cast_for_against", ">=", Fraction(2, 3))),),
        Need(Threshold("present", "members", ">=", Fraction(1, 4))),
    )
)
BUDGET = ItemPlan(
    {"en": "Budget of the campaign", "fr": "Budget de la campagne"},
    {
        "en": "The circle spends at most $20,000 of what it has collected on lawyers and on the campaign, until June.",
        "fr": "Le cercle dépense au plus 20 000 $ de ses fonds en conseils juridiques et pour la campagne, jusqu’en juin.",
    },
    motion(),
    MAJORITY,
)
CONVERSION = ItemPlan(
    {"en": "Become a co-operative", "fr": "Devenir une coopérative"},
    {
        "en": "As soon as the purchase is complete, the company becomes a limited cooperative association: one member, "
        "one vote, shares as patron membership, and what is left after interest goes to those who make the platform.",
        "fr": "Dès que l’achat est achevé, la société devient une coopérative : un membre, une voix, des parts de "
        "sociétaire, et ce qui reste après l’intérêt revient à celles et ceux qui font la plateforme.",
    },
    motion(),
    TWO_THIRDS,
)
ORDER = ItemPlan(
    {"en": "The first board: five seats for users", "fr": "Premier conseil : cinq sièges pour les usagers"},
    {
        "en": "Of nine seats on the first board, five are elected by the users, two by the workers, two by all members.",
        "fr": "Sur les neuf sièges du premier conseil, cinq sont élus par les usagers, deux par les salariés, deux par "
        "tous les membres.",
    },
    motion(),
    MAJORITY,
)


def hold_ballots(session: Session, staff: dict[str, Person], second_teller: Person) -> None:
    """A decided ballot of last month, and one in which part of the members have voted; both are recorded votes."""
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    _hold(
        session, "campaign-budget", now - timedelta(days=30), [BUDGET], {"en": "The budget", "fr": "Le budget"}, staff
    )
    _vote(session, "campaign-budget", now - timedelta(days=24), 17)
    with clock.at(now - timedelta(days=19)):
        keep_time(session)
        count_ballot(session, "campaign-budget", by=staff["teller"].id)
        said = "The count is right and the rule was kept."
        proposed = propose_certification(session, "campaign-budget", by=staff["teller"], statement=said)
        decide(session, proposed.id, approve=True, by=second_teller, reason=said)
    title = {"en": "The conversion vote", "fr": "Le vote de transformation"}
    _hold(session, "conversion", now - timedelta(days=8), [CONVERSION, ORDER], title, staff)
    _vote(session, "conversion", now - timedelta(hours=30), 13)


def _hold(
    session: Session,
    slug: str,
    noticed: datetime,
    items: Sequence[ItemPlan],
    title: dict[str, str],
    staff: dict[str, Person],
) -> None:
    """Notice is given, the roll is frozen two days later, and the vote opens on the fourth day, for a week."""
    plan = BallotPlan(
        title=title,
        record_date=(noticed + timedelta(days=1)).date(),
        opens_at=noticed + timedelta(days=4),
        closes_at=noticed + timedelta(days=11),
        zone=ZONE,
        basis=Basis.MEMBER.value,
    )
    with clock.at(noticed):
        draft_ballot(session, slug, plan, by=staff["organizer"].id)
        for item in items:
            add_item(session, slug, item, by=staff["organizer"].id)
        call_ballot(session, slug, by=staff["organizer"].id)
    for days in (3, 4):
        with clock.at(noticed + timedelta(days=days, minutes=1)):
            keep_time(session)


def _vote(session: Session, slug: str, at: datetime, count: int) -> None:
    """The first of the roll vote: most for, every sixth against, every ninth abstains."""
    ballot = find_ballot(session, slug)
    items = items_of(session, ballot, withdrawn=False)
    for number, elector in enumerate(session.scalars(roll_of(ballot)).all()[:count], 1):
        said = "abstain" if number % 9 == 0 else "against" if number % 6 == 0 else "for"
        with clock.at(at + timedelta(minutes=11 * number)):
            answers = {item.id: [Part(said)] for item in items}
            cast_vote(session, slug, elector.id, answers, Way(elector.person_id, f"demo:{slug}:{elector.id}"))
