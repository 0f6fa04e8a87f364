"""The check of the catalogues finds what is missing, what is left over, and what cannot be filled."""

import pytest

from app.core import messages

PYTHON = """
def act():
    raise Late(N_("Closed since {day}."))


TITLE = ngettext("%(count)s share", "%(count)s shares", 2)
"""
TEMPLATE = (
    '<h1>{{ _("Offers") }}</h1>{% trans count=5 %}One offer{% pluralize %}{{ count }} offers{% endtrans %}'
    '{{ _("%(part)s of all", part=1) }}'
)
HEADER = r"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\n"
"""
COMPLETE = """
msgid "Closed since {day}."
msgstr "Clos depuis le {day}."

msgid "%(count)s share"
msgid_plural "%(count)s shares"
msgstr[0] "%(count)s part"
msgstr[1] "%(count)s parts"

msgid "Offers"
msgstr "Offres"

msgid "One offer"
msgid_plural "%(count)s offers"
msgstr[0] "Une offre"
msgstr[1] "%(count)s offres"

msgid "%(part)s of all"
msgstr "%(part)s de tout"
"""


@pytest.fixture
def house(tmp_path):
    for path, text in {
        "app/offers/closing.py": PYTHON,
        "templates/offers/list.html": TEMPLATE,
        "templates/letters/hello/body.txt": '{{ _("Offers") }}',
        "locales/fr/offers.po": HEADER + COMPLETE,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def catalogue(house, *changes: tuple[str, str]) -> None:
    text = HEADER + COMPLETE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (house / "locales/fr/offers.po").write_text(text)


def test_a_complete_catalogue_has_no_problems(house):
    assert messages.problems(house) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('msgid "Offers"\nmsgstr "Offres"\n', "", "missing: 'Offers'"),
        ('"Offres"', '""', "missing: 'Offers'"),
        ('msgstr[1] "%(count)s offres"', 'msgstr[1] ""', "missing: ('One offer'"),
        ("le {day}", "le {jour}", "places ['{jour}'] are not ['{day}']"),
        ("le {day}", "hier", "places [] are not ['{day}']"),
        ("le {day}", "le {day", "unbalanced"),
        ('"%(part)s de tout"', '"%(part)s, soit 5 % de tout"', "a lone %"),
        ('"%(count)s parts"', '"%(nombre)s parts"', "%(nombre)s"),
        ('msgid "Offers"', '#, fuzzy\nmsgid "Offers"', "fuzzy: 'Offers'"),
        ('msgid "Offers"', '#~ msgid "Gone"\n#~ msgstr "Parti"\n\nmsgid "Offers"', "obsolete, commented out: 'Gone'"),
        ('msgid "Offers"', 'msgid "Gone"\nmsgstr "Parti"\n\nmsgid "Offers"', "obsolete, nothing says it: 'Gone'"),
    ],
)
def test_each_fault_is_found(house, old, new, problem):
    catalogue(house, (old, new))
    found = messages.problems(house)
    assert len(found) == 1, found
    assert problem in found[0]


def test_one_message_cannot_be_said_in_two_ways(house):
    (house / "locales/fr/letters.po").write_text(HEADER + 'msgid "Offers"\nmsgstr "Offrandes"\n')
    assert any("translated otherwise" in line for line in messages.problems(house))


def test_extracting_adds_what_is_missing_to_its_room_and_drops_what_is_gone(house):
    catalogue(house, ('msgid "Offers"\nmsgstr "Offres"\n', 'msgid "Gone"\nmsgstr "Parti"\n'))
    assert sorted(messages.extract(house)) == ["locales/fr/letters.po + 'Offers'", "locales/fr/offers.po - 'Gone'"]
    assert messages.problems(house) == ["locales/fr/letters.po: missing: 'Offers'"]
    assert messages.extract(house) == []
    kept = (house / "locales/fr/offers.po").read_text()
    assert "Clos depuis le {day}." in kept
    assert "%(count)s parts" in kept


def test_each_message_belongs_to_the_room_that_says_it():
    rooms = {found.room for found in messages.sources().values()}
    assert "frame.html" not in rooms
    assert "parts" not in rooms
    assert {"core", "web", "letters"} <= rooms
