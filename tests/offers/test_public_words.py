"""What organizers say on the public page, and what supporters ask there."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.core.database import transaction
from app.core.errors import InvalidInput, NotFound
from app.members.signing_in import open_session
from app.offers.models import Offer
from app.offers.public.asking import HiddenAlready, TooManyOpen, answer, ask, hide, questions_of, questions_shown
from app.offers.public.models import OfferUpdate, OfferWords, Question
from app.offers.public.updating import NothingChanged, correct_update, post_update, updates_of
from app.offers.public.wording import Words, read_words, say_words, words_of
from app.web import tickets
from tests import make

PAGE = f"/desk/offers/{make.SLUG}/campaign"


@pytest.fixture
def offer(database) -> None:
    with transaction() as session:
        make.open_offer(session)


def _offer(session) -> Offer:
    return session.scalars(select(Offer)).one()


def test_a_correction_is_a_version_and_the_first_words_stay(offer):
    with transaction() as session:
        post_update(session, _offer(session), "News", "Wrong.", by=None)
        correct_update(session, _offer(session), 1, "News", "Right.", reason="a slip", by=None)
        (shown,) = updates_of(session, _offer(session))
    assert shown.latest.text == "Right." and shown.latest.reason == "a slip"
    assert [each.text for each in shown.earlier] == ["Wrong."]


def test_the_same_update_twice_is_posted_once(offer):
    with transaction() as session:
        first = post_update(session, _offer(session), "News", "Text", by=None)
        assert post_update(session, _offer(session), "News", "Text", by=None) is first
        with pytest.raises(NothingChanged):
            correct_update(session, _offer(session), 1, "News", "Text", reason="none", by=None)
        with pytest.raises(NotFound):
            correct_update(session, _offer(session), 2, "News", "Text", reason="none", by=None)


def test_a_question_is_shown_once_it_is_answered_and_until_it_is_hidden(offer):
    with transaction() as session:
        asked = ask(session, _offer(session), make.person(session), "How?", "1")
        assert ask(session, _offer(session), make.person(session), "How?", "1").id == asked.id
        assert questions_shown(session, _offer(session)) == []
        answer(session, _offer(session), asked.id, "So.", by=None)
        answer(session, _offer(session), asked.id, "Like this.", by=None)
        (shown,) = questions_shown(session, _offer(session))
        assert (shown.answer.text, shown.answers) == ("Like this.", 2)
        hide(session, _offer(session), asked.id, hidden=True, reason="spam", by=None)
        assert questions_shown(session, _offer(session)) == []
        with pytest.raises(HiddenAlready):
            hide(session, _offer(session), asked.id, hidden=True, reason="spam", by=None)
        hide(session, _offer(session), asked.id, hidden=False, reason="it was none", by=None)
        assert len(questions_shown(session, _offer(session))) == 1


def test_nobody_asks_more_than_can_be_answered(offer):
    with transaction() as session:
        maya = make.person(session)
        for number in range(5):
            ask(session, _offer(session), maya, f"Question {number}?", str(number))
        with pytest.raises(TooManyOpen):
            ask(session, _offer(session), maya, "One more?", "6")
        answer(session, _offer(session), questions_of(session, _offer(session))[0].question.id, "Yes.", by=None)
        ask(session, _offer(session), maya, "One more?", "6")


def test_a_question_of_another_offer_is_unknown(offer):
    with transaction() as session:
        asked = ask(session, _offer(session), make.person(session), "How?", "1")
        other = make.open_offer(session, "other")
        with pytest.raises(NotFound):
            answer(session, other, asked.id, "So.", by=None)
        with pytest.raises(NotFound):
            hide(session, other, asked.id, hidden=True, reason="spam", by=None)


def test_words_are_versions_and_the_same_words_change_nothing(offer):
    with transaction() as session:
        words = Words("Us", "Maya", "Join", "BuyIt", None)
        say_words(session, _offer(session), words, by=None)
        say_words(session, _offer(session), words, by=None)
        assert words_of(session, _offer(session)).version == 1
        say_words(session, _offer(session), Words("We", "Maya", "Join", "BuyIt", 5), by=None)
        assert session.scalar(select(func.count(OfferWords.id))) == 2


@pytest.mark.parametrize("tag", ["two words", "a-b", "<b>", "2016", "##"])
def test_what_is_no_hashtag_is_refused(tag):
    with pytest.raises(InvalidInput) as refused:
        read_words({"hashtag": tag, "company": "8,050,000,000"}, "USD")
    assert list(refused.value.problems) == ["hashtag"]


@pytest.mark.parametrize("tag", ["WeAreTwitter", "#WeAreTwitter", "Möwe_2", "買う", ""])
def test_hashtags_are_words_of_any_script(tag):
    assert read_words({"hashtag": tag}, "USD").hashtag == tag.removeprefix("#")


def _browser(who) -> TestClient:
    from app.main import app

    client = TestClient(app, base_url="http://127.0.0.1")
    client.headers.update({"accept": "text/html", "accept-language": "en"})
    client.cookies.set("form", "a-ticket")
    if who is not None:
        with transaction() as session:
            client.cookies.set("session", open_session(session, who(session), second_factor=True))
    return client


def _send(client: TestClient, path: str, **fields: str):
    return client.post(path, data={tickets.FIELD: tickets._field_for("a-ticket"), **fields})


def test_an_organizer_posts_corrects_and_answers_at_the_desk(offer):
    desk = _browser(make.staff)
    assert "There is no update yet." in desk.get(PAGE).text
    assert "Please fill in this field." in _send(desk, f"{PAGE}/updates", title="News").text
    assert "Everyone can read it." in _send(desk, f"{PAGE}/updates", title="News", text="Wrong.").text
    corrected = _send(desk, f"{PAGE}/updates/1", title="News", text="Right.", reason="a slip")
    assert "The update is corrected." in corrected.text
    with transaction() as session:
        asked = ask(session, _offer(session), make.person(session), "How?", "1").id
    assert "Waiting for an answer" in desk.get(PAGE).text
    _send(desk, f"{PAGE}/questions/{asked}/answer", answer="Like this.")
    _send(desk, f"{PAGE}/words", organization="We are us.", share_text="Join us", hashtag="BuyIt")
    page = desk.get(f"/offers/{make.SLUG}").text
    for words in ("Right.", "a slip", "How?", "Like this.", "We are us.", "Join us", "#BuyIt"):
        assert words in page
    _send(desk, f"{PAGE}/questions/{asked}/visibility", hidden="yes", reason="a test")
    assert "How?" not in desk.get(f"/offers/{make.SLUG}").text
    with transaction() as session:
        assert session.scalar(select(func.count(OfferUpdate.id))) == 2


def test_whoever_is_signed_in_asks_and_a_refused_question_stays_typed(offer):
    someone = _browser(make.person)
    page = someone.get(f"/offers/{make.SLUG}").text
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    refused = _send(someone, f"/offers/{make.SLUG}/questions", question="x" * 1001, form_key=key)
    assert refused.status_code == 422 and "x" * 1001 in refused.text
    for _ in range(2):
        thanks = _send(someone, f"/offers/{make.SLUG}/questions", question="How is it held?", form_key=key)
        assert "The organizers will answer" in thanks.text
    with transaction() as session:
        assert session.scalars(select(Question.text)).all() == ["How is it held?"]
    assert "Sign in" in _send(_browser(None), f"/offers/{make.SLUG}/questions", question="And I?").text
