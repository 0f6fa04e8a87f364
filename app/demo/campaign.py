"""What the demonstration's public page says: updates with a correction, questions with answers, and who is behind it."""

from datetime import datetime, timedelta
from itertools import pairwise
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from app.core import clock
from app.demo.people import Supporter
from app.members.models import Person
from app.members.persons import find_person
from app.offers.drafting import find_offer
from app.offers.public.asking import answer, ask, hide
from app.offers.public.updating import correct_update, post_update
from app.offers.public.wording import Words, say_words

COMPANY_CENTS = 8_050_000_000_00  # what the company cost in October 2016, after the sum that the proposal was about
ORGANIZATION = """The WeAreTwitter Purchase Cooperative was founded in Oakland, California, by users who met under the hashtag in 2016. It has no other business than this purchase, and no investor behind it.

Money is held at the Cooperative Bank of Oakland on an account of its own and is not touched before the target is paid."""
PEOPLE = """Danielle Farrell speaks for the campaign and runs its desk.
Tomasz Kowalczyk keeps the books; he can record money, but cannot move it alone.
Imogen Hargreaves counts the votes.
Noémie Lambert audits: she sees everything and can change nothing."""
UPDATES = [  # days ago, title, text
    (44, "We are open", "Since this morning everyone can pledge. The first supporters come from the founding circle, which paid for the legal work.\n\nEvery figure on this page is recomputed from the books; whoever may read them can prove it."),
    (31, "Forty supporters, and what we learned", "Many asked whether a pledge binds them to vote in some way. It does not: you promise nothing about how you will vote.\n\nWe also heard that $2,300 is too much for many. Ten shares are enough to be a member with a full voice: $230."),
    (12, "A meeting for everyone", "On the last Thursday of the month we meet online and answer questions: how the money is held, what a co-operative would change, what happens if we miss the target.\n\nThe address is in the letter that every supporter gets."),
    (3, "The last weeks were good", "More people pledged in the last twelve days than in the three weeks before. If you have a blog or a site, put our frame on it: you find it below under “Show it on your own site”."),
]  # fmt: skip
QUESTIONS = [  # days ago, which supporter, question, answer
    (40, 3, "What happens to my money if the target is missed?", "Every cent goes back to the account it came from. Until the target is paid nobody, also not we, can take anything out of it."),
    (37, 17, "Can I pay in parts?", "You can pay your amount in several transfers with the same reference. What counts at the end is whether all of it has arrived."),
    (28, 26, "I live in France. May I take part?", "Yes. The shares are those of the purchase co-operative in California; the warnings on the form are there in French too."),
    (9, 44, "Who decides after the purchase?", "The members: one person, one vote, whether you hold ten shares or a hundred. The first meeting decides on the conversion."),
]  # fmt: skip


def present(session: Session, staff: dict[str, Person], people: list[Supporter]) -> None:
    """Fill the public page of the campaign, each thing at its moment in the past."""
    by = staff["organizer"].id
    offer = find_offer(session, "we-are-twitter")
    with clock.at(_ago(days=45)):
        text = "We are buying Twitter, together: one share, one voice more for those who use it."
        say_words(session, offer, Words(ORGANIZATION, PEOPLE, text, "WeAreTwitter", COMPANY_CENTS), by=by)
    for days, title, body in UPDATES:
        with clock.at(_ago(days=days)):
            post_update(session, offer, title, body, by=by)
    with clock.at(_ago(days=11)):
        title, body = UPDATES[2][1], UPDATES[2][2].replace("the last Thursday", "the last Wednesday")
        correct_update(session, offer, 3, title, body, reason="the meeting is on Wednesday", by=by)
    for days, number, text, reply in QUESTIONS:
        with clock.at(_ago(days=days)):
            asked = _ask(session, people[number], text)
        with clock.at(_ago(days=days - 1)):
            answer(session, offer, asked, reply, by=by)
    with clock.at(_ago(days=5)):
        spam = _ask(session, people[50], "BUY FOLLOWERS CHEAP, write to me")
        hide(session, offer, spam, hidden=True, reason="advertisement", by=by)
    with clock.at(_ago(days=1)):
        _ask(session, people[8], "Will there be a paper certificate?")


def joined_hours_ago(number: int, count: int) -> int:
    """When the campaign's supporters came: quickly at first, slowly in the middle, faster again after the updates."""
    places = ((0, 1040), (38, 800), (62, 290), (100, 3))  # percent of the people, hours ago
    at = 100 * number // max(count - 1, 1)
    for (low, longer), (high, shorter) in pairwise(places):
        if at <= high:
            return longer - (longer - shorter) * (at - low) // (high - low) + (number * 7) % 5
    return 3


def _ask(session: Session, who: Supporter, text: str) -> int:
    person = find_person(session, who.email)
    assert person is not None, "supporters are known by now"
    return ask(session, find_offer(session, "we-are-twitter"), person, text, str(uuid5(NAMESPACE_URL, text))).id


def _ago(days: int) -> datetime:
    return clock.now() - timedelta(days=days)
