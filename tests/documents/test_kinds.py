"""Kinds of documents: what must be said is checked by name before anything is filed."""

import pytest

from app.documents.checking import FactsMissing, check_facts
from app.documents.codes import ALPHABET, new_code, read_code
from app.documents.kinds import Field, Kind, all_kinds
from app.law.documents import all_documents

NOTICE = Kind(
    name="notice",
    title="Notice",
    fields=(Field("organization"), Field("items", "list"), Field("day", "day"), Field("place", mandatory=False)),
    by_profile={"fr": (Field("bureau"),), "us-de": (Field("record_date", "day"),)},
)
FACTS = {"organization": "Costake", "items": [], "day": "2026-11-23"}


def test_every_kind_is_in_the_catalogue_of_the_law_and_declares_each_fact_once():
    for kind in all_kinds().values():
        assert not kind.law or kind.law in all_documents()
        names = [each.name for each in kind.fields]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("facts", "profile", "missing"),
    [
        (FACTS | {"organization": "  "}, None, "organization"),
        ({"items": []}, None, "organization, day"),
        (FACTS, "fr-scic", "bureau"),
        (FACTS, "us-de-266@7", "record_date"),
    ],
)
def test_missing_facts_are_named_all_at_once(facts, profile, missing):
    with pytest.raises(FactsMissing) as refused:
        check_facts(NOTICE, facts, profile)
    assert missing in str(refused.value)


def test_an_empty_list_and_what_another_law_demands_are_no_obstacle():
    check_facts(NOTICE, FACTS, None)
    check_facts(NOTICE, FACTS, "us-co-lca")
    check_facts(NOTICE, FACTS | {"bureau": "A. Martin", "place": "Lyon"}, "fr-sa-scic")


@pytest.mark.parametrize("facts", [FACTS | {"day": "23.11.2026"}, FACTS | {"items": "none"}, FACTS | {"colour": "red"}])
def test_undeclared_and_mistyped_facts_are_errors_of_the_programmer(facts):
    with pytest.raises((AssertionError, ValueError)):
        check_facts(NOTICE, facts, None)


def test_a_code_is_read_as_people_type_it_and_every_slip_of_one_sign_is_found():
    code = new_code()
    assert read_code(code.lower().replace("-", " ")) == code
    assert read_code(code.replace("1", "l")) == code
    plain = code.replace("-", "")
    for place, sign in enumerate(plain):
        for other in ALPHABET:
            if other != sign:
                assert read_code(plain[:place] + other + plain[place + 1 :]) is None
    for text in ("", "A", code[:-1], code + "1", "é" * 14, "0" * 14, "\0"):
        assert read_code(text) is None
