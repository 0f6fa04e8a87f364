"""Keys: a reference is found in whatever a bank or a hand makes of it, and nothing else is taken for one."""

import string

from hypothesis import given
from hypothesis import strategies as st

from app.payments.references import new_reference, spaced
from app.reconciliation.matching.keys import How, keys_of, with_check

REFERENCE = "RF18539007547034"
REFERENCES = st.integers(0, 10**10 - 1).map(lambda number: with_check(f"{number:010}"))
ALIKE = {"0": "OQD", "1": "ILJ", "2": "Z", "4": "A", "5": "S", "6": "G", "8": "B"}


def by(text: str, how: How) -> list[str]:
    return keys_of([text]).by(how)


@given(REFERENCES, st.data())
def test_any_spelling_is_found(reference, data):
    marks = st.sampled_from(["", "", "", " ", "-", ".", "\n", " / "])
    text = "".join(sign + data.draw(marks) for sign in reference)
    text = data.draw(st.sampled_from([text, text.lower()]))
    around = data.draw(st.sampled_from(["{}", "shares: {} thank you", "REF.{}/2026", "Verwendungszweck {}"]))
    assert reference in by(around.format(text), How.REFERENCE)


@given(REFERENCES, st.data())
def test_letters_that_look_like_digits_are_read_as_these(reference, data):
    text = reference[:2] + "".join(data.draw(st.sampled_from([sign, *ALIKE.get(sign, "")])) for sign in reference[2:])
    assert by(text, How.REFERENCE) == [reference]


@given(REFERENCES, st.integers(2, 13), st.sampled_from(string.digits))
def test_one_slip_is_offered_and_never_taken_as_right(reference, at, sign):
    text = reference[:at] + sign + reference[at + 1 :]
    keys = keys_of([text])
    if sign == reference[at]:
        assert keys.by(How.REFERENCE) == [reference]
    else:
        assert reference not in keys.by(How.REFERENCE)
        assert reference in keys.by(How.SLIP)


@given(REFERENCES)
def test_a_reference_without_its_beginning_is_a_code(reference):
    assert by(f"pledge {reference[4:8]} {reference[8:]}", How.CODE) == [reference]
    assert by(f"pledge {reference[2:]}", How.REFERENCE) == [reference], "with its check digits it is whole"


def test_several_references_are_all_found_in_their_order():
    first, second = new_reference(), new_reference()
    assert by(f"{spaced(first)} and {second}", How.REFERENCE) == [first, second]
    assert keys_of(["nothing", f"for {REFERENCE[:11]}"]).cut == REFERENCE[:11]


def test_what_is_no_reference_is_not_taken_for_one():
    keys = keys_of(["Invoice 2026-11-23, tel. 0123 456", "DE89370400440532013000", "Thank you for everything"])
    assert keys.found == ()
