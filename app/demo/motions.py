"""The demonstration's motions: one that was voted on, with elected moderators; one gathering support; and an idea."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from app.ballots.calling import call_ballot
from app.ballots.casting.recording import Part, Way, cast_vote
from app.ballots.drafting import ItemPlan, add_item, find_ballot, items_of
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Basis
from app.ballots.motions.answering import state_board
from app.ballots.motions.balloting import draft_from_motion, proposed_rule
from app.ballots.motions.discussion.commenting import post_comment
from app.ballots.motions.discussion.moderating import moderate_comment
from app.ballots.motions.discussion.moderators import Term, mandates, propose_moderator
from app.ballots.motions.models import Stance, Topic
from app.ballots.motions.proposing import propose_motion, put_forward
from app.ballots.motions.rules import Rules, propose_rules, rules_now
from app.ballots.motions.stating import MotionPlan, majority
from app.ballots.motions.supporting import support_motion
from app.ballots.opening import keep_time
from app.ballots.questions import Option, Question, QuestionKind
from app.ballots.result.certifying import count_ballot, propose_certification
from app.ballots.stating import BallotPlan
from app.core import clock
from app.members.approvals.approving import decide
from app.members.models import Person
from app.members.persons import name_of

ZONE, SLUG = "America/Los_Angeles", "seller-fees"
FEES = MotionPlan(
    {"en": "Fee for promoted posts", "fr": "Frais pour les publications sponsorisées"},
    {
        "en": "The fee for a promoted post, now $5, becomes $3 for members from January on. It is paid by whoever promotes it.",
        "fr": "Les frais d’une publication sponsorisée, aujourd’hui 5 $, passent à 3 $ pour les membres dès janvier. Ils sont payés par qui la fait sponsoriser.",
    },
    {
        "en": "Whoever owns the platform should not pay the price of strangers, and more will promote their work.",
        "fr": "Qui possède la plateforme ne devrait pas payer le prix des inconnus, et davantage de membres feront connaître leur travail.",
    },
    rule=majority(),
)
DATA = MotionPlan(
    {"en": "No sale of members’ data", "fr": "Pas de vente des données des membres"},
    {
        "en": "The platform sells no data of its users to anybody.\nResearchers get counts over at least a thousand users, free of charge.",
        "fr": "La plateforme ne vend aucune donnée de ses utilisateurs.\nLa recherche reçoit gratuitement des nombres portant sur au moins mille utilisateurs.",
    },
    {"en": "It is our life, and our platform.", "fr": "C’est notre vie, et notre plateforme."},
    rule=majority("2/3", operator=">="),
)
CHRONOLOGY = MotionPlan(
    {"en": "Posts in the order of time"},
    {"en": "Every user can choose to see posts in the order of time, and the choice stays."},
    {"en": "I want to see what my friends write, not what sells."},
    rule=majority(),
)
STATEMENT = {
    "en": "We can afford it: what is lost with each post comes back by their number within a year.",
    "fr": "Nous pouvons nous le permettre : ce que chaque publication rapporte en moins revient par leur nombre en un an.",
}
MODERATORS = {"en": "Two moderators of our discussions", "fr": "Deux modérateurs de nos débats"}
MODERATE = {
    "en": "Rank whom you want to moderate the members’ discussions for a year.",
    "fr": "Classez les personnes qui modéreraient les débats des membres pendant un an.",
}
SAID = (
    "And who checks it? I would add that the auditors look at every contract.",
    "Buy my course on data and get rich! Only today.",
    "Two years ago my whole timeline was for sale. Never again.",
)


def move_motions(
    session: Session, staff: dict[str, Person], second: Person, teller: Person, members: Sequence[Person]
) -> None:
    """Write rules by two people, then a motion for each stage; `members` are in the register for seven weeks."""
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    with clock.at(now - timedelta(days=48)):
        wanted = Rules(None, Fraction(1, 4), 30, 14, ZONE, rules_now(session).conduct)
        proposal = propose_rules(session, wanted, by=staff["organizer"], reason="adopted by the founding circle")
        decide(session, proposal.id, approve=True, by=second, reason="as the circle resolved")
    fees = _forward(session, FEES, Topic.FEES, now - timedelta(days=47), members[0])
    _support(session, fees, now - timedelta(days=46), members[1:8])
    _vote_on(session, fees, now - timedelta(days=44), staff, members)
    _certify(session, now - timedelta(days=31), staff, second, teller, members)
    data = _forward(session, DATA, Topic.DATA, now - timedelta(days=9), members[4])
    _support(session, data, now - timedelta(days=8), members[5:10])
    _discuss(session, data, now - timedelta(days=5), members)
    with clock.at(now - timedelta(days=2)):
        propose_motion(session, CHRONOLOGY, by=members[9].id, topic=Topic.OTHER, form_key="demo:chronology")


def _forward(session: Session, plan: MotionPlan, topic: Topic, at: datetime, by: Person) -> int:
    with clock.at(at):
        motion = propose_motion(session, plan, by=by.id, topic=topic, form_key=f"demo:{topic.value}")
    with clock.at(at + timedelta(hours=20)):
        put_forward(session, motion.id, by=by.id)
    return motion.id


def _support(session: Session, motion_id: int, at: datetime, members: Sequence[Person]) -> None:
    for number, member in enumerate(members):
        with clock.at(at + timedelta(hours=5 * number)):
            support_motion(session, motion_id, member.id, by=member.id)


def _vote_on(
    session: Session, motion_id: int, at: datetime, staff: dict[str, Person], members: Sequence[Person]
) -> None:
    """The board answers, and the ballot is made of the motion, with an election of moderators beside it."""
    organizer, names = staff["organizer"].id, [name_of(session, each) for each in members[1:4]]
    election = Question(QuestionKind.RANKED, tuple(map(Option, names)), seats=2, method="scottish-stv")
    plan = BallotPlan(
        title=FEES.title,
        record_date=(at + timedelta(days=1)).date(),
        opens_at=at + timedelta(days=4),
        closes_at=at + timedelta(days=11),
        zone=ZONE,
        basis=Basis.MEMBER.value,
    )
    with clock.at(at):
        state_board(
            session, motion_id, Stance.FOR, STATEMENT, "the steering group’s decision of that day", by=organizer
        )
        draft_from_motion(session, motion_id, SLUG, plan, proposed_rule(session, motion_id), by=organizer)
        add_item(session, SLUG, ItemPlan(MODERATORS, MODERATE, election), by=organizer)
        call_ballot(session, SLUG, by=organizer)
    for days in (3, 4):
        with clock.at(at + timedelta(days=days, minutes=1)):
            keep_time(session)
    ballot = find_ballot(session, SLUG)
    motion, seats = (item.id for item in items_of(session, ballot))
    for number, elector in enumerate(session.scalars(roll_of(ballot)).all()[:16], 1):
        said = {
            motion: [Part("against" if number % 5 == 0 else "for")],
            seats: [Part(("1>2", "2>3", "2>1")[number % 3])],
        }
        with clock.at(at + timedelta(days=4, hours=3 * number)):
            cast_vote(session, SLUG, elector.id, said, Way(elector.person_id, f"demo:{SLUG}:{elector.id}"))


def _certify(
    session: Session,
    at: datetime,
    staff: dict[str, Person],
    second: Person,
    teller: Person,
    members: Sequence[Person],
) -> None:
    """Two tellers certify, and two people enter whom the ballot elected."""
    with clock.at(at):
        keep_time(session)
        count_ballot(session, SLUG, by=staff["teller"].id)
        said = "The count is right and the rule was kept."
        proposed = propose_certification(session, SLUG, by=staff["teller"], statement=said)
        decide(session, proposed.id, approve=True, by=teller, reason=said)
        people = {name_of(session, each): each for each in members}
        term = Term(at.date(), at.date() + timedelta(days=365))
        for mandate in [each for each in mandates(session, "en") if each.slug == SLUG]:
            person = people[mandate.elected_as]
            reason = "elected by the members"
            entry = propose_moderator(session, person, mandate.key, term, by=staff["organizer"], reason=reason)
            decide(session, entry.id, approve=True, by=second, reason="as certified")


def _discuss(session: Session, motion_id: int, at: datetime, members: Sequence[Person]) -> None:
    """Three comments, of which a moderator hides the one that advertises."""
    moderator = next(each for each in mandates(session, "en") if each.slug == SLUG).elected_as
    by = next(each for each in members if name_of(session, each) == moderator)
    for number, text in enumerate(SAID):
        with clock.at(at + timedelta(hours=7 * number)):
            author = members[10 + number]
            comment = post_comment(session, motion_id, text, by=author.id, form_key=f"demo:{number}")
        if number == 1:
            with clock.at(at + timedelta(hours=9)):
                moderate_comment(session, comment.id, hide=True, rule=4, reason="It sells a course.", by=by.id)
