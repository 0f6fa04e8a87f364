"""Consents: given and taken back, each act a row in the words that were read."""

import pytest

from app.core.database import reading, transaction
from app.core.origin import coming_from
from app.privacy.consenting import (
    TEXTS,
    NothingToChange,
    Purpose,
    UnknownPurpose,
    consent_now,
    consents,
    give_consent,
    history,
    read_purpose,
    withdraw_consent,
)
from tests import make


def test_nothing_is_agreed_to_before_somebody_says_so(database):
    with transaction() as session:
        person = make.person(session)
        assert consent_now(session, person.id, Purpose.NEWS) is None
        assert not consents(session, person.id, Purpose.NEWS)


def test_consent_is_given_taken_back_and_given_again_and_all_of_it_stays_known(database):
    with transaction() as session, coming_from("web", "203.0.113.7"):
        person = make.person(session)
        give_consent(session, person, Purpose.NEWS, "fr")
        assert consents(session, person.id, Purpose.NEWS)
        assert not consents(session, person.id, Purpose.RESEARCH)
        withdraw_consent(session, person, Purpose.NEWS, "en")
        assert not consents(session, person.id, Purpose.NEWS)
        give_consent(session, person, Purpose.NEWS, "en")
    with reading() as session:
        rows = history(session, person.id)
        assert [(row.given, row.language, row.text_version, row.door) for row in rows] == [
            (True, "en", 1, "web"),
            (False, "en", 1, "web"),
            (True, "fr", 1, "web"),
        ]


def test_what_stands_already_is_not_noted_again(database):
    with transaction() as session:
        person = make.person(session)
        with pytest.raises(NothingToChange):
            withdraw_consent(session, person, Purpose.NEWS, "en")
        give_consent(session, person, Purpose.NEWS, "en")
        with pytest.raises(NothingToChange):
            give_consent(session, person, Purpose.NEWS, "en")


def test_every_purpose_has_words_and_others_are_unknown():
    assert set(TEXTS) == set(Purpose) and all(TEXTS.values())
    with pytest.raises(UnknownPurpose):
        read_purpose("everything")
