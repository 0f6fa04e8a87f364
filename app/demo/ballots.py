"""The demonstration's ballots: the circle's budget and chair, certified; the conversion vote and a secret election."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from app.ballots.calling import call_ballot
from app.ballots.casting.recording import Part, Way, cast_vote
from app.ballots.drafting import ItemPlan, add_item, change_ballot, draft_ballot, find_ballot, items_of
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Basis, Casting
from app.ballots.opening import keep_time
from app.ballots.questions import Option, Question, QuestionKind, motion
from app.ballots.result.certifying import count_ballot, propose_certification
from app.ballots.rules import CallRule, Need, Rule
from app.ballots.secret.casting import Sender, cast_secret
from app.ballots.secret.keys import make_key, use_key
from app.ballots.secret.opening import open_papers
from app.ballots.secret.trackers import draw
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


CHAIR = ItemPlan(
    {"en": "Chair of the founding circle", "fr": "Présidence du cercle fondateur"},
    {
        "en": "Rank whom you want to chair the circle until the first general meeting.",
        "fr": "Classez les personnes qui présideraient le cercle jusqu’à la première assemblée générale.",
    },
    Question(QuestionKind.RANKED, tuple(map(Option, ("Ada Obi", "Ben Sato", "Cleo Marin"))), method="irv"),
)
SEATS = ItemPlan(
    {"en": "Users’ seats on the first board", "fr": "Sièges des usagers au premier conseil"},
    {
        "en": "Two of the five seats are elected now. Rank as many candidates as you like.",
        "fr": "Deux des cinq sièges sont à pourvoir maintenant. Classez autant de candidats que vous voulez.",
    },
    Question(
        QuestionKind.RANKED,
        tuple(map(Option, ("Ada Obi", "Ben Sato", "Cleo Marin", "Dov Levi"))),
        seats=2,
        method="scottish-stv",
    ),
)
BIRDS = ("heron", "osprey", "kestrel", "wren", "plover", "dunlin", "merlin")
RANKINGS = ("1>2", "2>1>3", "3>1", "1", "2>3")
CODES = {
    "en": "In this demonstration the codes of the tellers’ keys stand here: {codes}. Elsewhere only they know them.",
    "fr": "Dans cette démonstration, les codes des clés des scrutateurs figurent ici : {codes}. Ailleurs, eux seuls les "
    "connaissent.",
}


def hold_ballots(session: Session, staff: dict[str, Person], second_teller: Person) -> None:
    """Two decided ballots of last month and two in which part of the members have voted; of each one is secret."""
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
    tellers = (staff["teller"], second_teller)
    title = {"en": "Who chairs the circle", "fr": "Qui préside le cercle"}
    codes = _hold_secretly(session, "circle-chair", now - timedelta(days=29), CHAIR, title, staff, tellers)
    _vote_secretly(session, "circle-chair", now - timedelta(days=23), 15)
    with clock.at(now - timedelta(days=17)):
        keep_time(session)
        for teller, code in zip(tellers, codes, strict=True):
            use_key(session, "circle-chair", code, by=teller.id)
        open_papers(session, find_ballot(session, "circle-chair").id)
        count_ballot(session, "circle-chair", by=staff["teller"].id)
        said = "The count is right; every paper was opened before both of us."
        proposed = propose_certification(session, "circle-chair", by=staff["teller"], statement=said)
        decide(session, proposed.id, approve=True, by=second_teller, reason=said)
    title = {"en": "Election to the first board", "fr": "Élection au premier conseil"}
    _hold_secretly(session, "board-election", now - timedelta(days=6), SEATS, title, staff, tellers)
    _vote_secretly(session, "board-election", now - timedelta(hours=26), 11)
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
    with clock.at(noticed):
        draft_ballot(session, slug, _plan(noticed, title), by=staff["organizer"].id)
        for item in items:
            add_item(session, slug, item, by=staff["organizer"].id)
        call_ballot(session, slug, by=staff["organizer"].id)
    _pass_days(session, noticed)


def _hold_secretly(
    session: Session,
    slug: str,
    noticed: datetime,
    item: ItemPlan,
    title: dict[str, str],
    staff: dict[str, Person],
    tellers: Sequence[Person],
) -> list[str]:
    """A secret ballot, for which both tellers make their keys; their codes."""
    organizer = staff["organizer"].id
    plan = replace(_plan(noticed, title), casting=Casting.SECRET.value)
    with clock.at(noticed):
        draft_ballot(session, slug, plan, by=organizer)
        add_item(session, slug, item, by=organizer)
        codes = [make_key(session, slug, by=teller.id) for teller in tellers]
        summary = {lang: text.format(codes=", ".join(codes)) for lang, text in CODES.items()}
        change_ballot(session, slug, replace(plan, summary=summary), by=organizer)
        call_ballot(session, slug, by=organizer)
    _pass_days(session, noticed)
    return codes


def _plan(noticed: datetime, title: dict[str, str]) -> BallotPlan:
    return BallotPlan(
        title=title,
        record_date=(noticed + timedelta(days=1)).date(),
        opens_at=noticed + timedelta(days=4),
        closes_at=noticed + timedelta(days=11),
        zone=ZONE,
        basis=Basis.MEMBER.value,
    )


def _pass_days(session: Session, noticed: datetime) -> None:
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


def _vote_secretly(session: Session, slug: str, at: datetime, count: int) -> None:
    """The first of the roll rank the candidates, each in one of some ways."""
    ballot = find_ballot(session, slug)
    item = items_of(session, ballot)[0].id
    for number, elector in enumerate(session.scalars(roll_of(ballot)).all()[:count], 1):
        with clock.at(at + timedelta(minutes=17 * number)):
            said = {item: [Part(RANKINGS[number * number % len(RANKINGS)])]}
            own, drawn = BIRDS[number * 5 % len(BIRDS)], draw(elector.id)
            cast_secret(session, slug, elector.id, said, Sender(elector.person_id), own=own, drawn=drawn)
