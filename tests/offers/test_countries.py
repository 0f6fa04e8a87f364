"""The list of countries in the pledge form stands in the order in which its readers look a name up."""

from app.web.countries import country_names


def test_accents_do_not_move_a_country_to_the_end():
    names = list(country_names("fr").values())
    assert names.index("Espagne") < names.index("États-Unis") < names.index("Fidji")
    assert names[-1] == "Zimbabwe"


def test_english_names_keep_their_order():
    names = list(country_names("en").values())
    assert names[0] == "Afghanistan" and "Åland Islands" in names[:4]
