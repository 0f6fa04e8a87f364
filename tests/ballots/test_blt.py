"""Files of ballots in the variants that programs write, and those that cannot be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ballots.counting import refusals
from app.ballots.counting.blt import read_blt
from app.ballots.counting.bltwriting import write_blt
from app.ballots.counting.elections import election

# The example of Hill, Wichmann and Woodall: 4 candidates, 2 seats, the second withdrawn.
CLASSIC = """4 2
-2
3 1 3 4 0
4 1 3 2 0
2 4 1 3 0
1 2 0
2 2 4 3 1 0
1 3 4 2 0
0
"Adam"
"Basil"
"Charlotte"
"Donald"
"Title"
"""


def read(text, encoding="utf-8"):
    return read_blt(text.encode(encoding))


def ranks(*order):
    return tuple(place if isinstance(place, tuple) else (place,) for place in order)


def test_the_classic_example():
    said = read(CLASSIC)
    assert (said.names, said.seats, said.title) == (("Adam", "Basil", "Charlotte", "Donald"), 2, "Title")
    assert said.withdrawn == {2}
    assert said.standing == (1, 3, 4)
    assert said.ballots[ranks(1, 3, 4)] == 3
    assert sum(said.ballots.values()) == 13


@pytest.mark.parametrize(
    "changed",
    [
        CLASSIC.replace("\n", "\r\n"),
        CLASSIC.replace("\n", "\r"),
        CLASSIC.replace("\n", " "),
        CLASSIC.replace(" ", "\t"),
        CLASSIC.replace("\n", "\n\n"),
        CLASSIC.replace(" ", "\n").replace('"\n"', '"\n"'),
        "# by hand\n" + CLASSIC.replace("4 2\n", "4 2 # four for two\n").replace('"Basil"', '"Basil"  # gone'),
        CLASSIC.replace("3 1 3 4 0", "(7a) 1 1 3 4 0\n( b c ) 2 1 3 4 0"),
        CLASSIC.replace("3 1 3 4 0", "1 1 3 4 0\n1 1 3 4 0 1 1 3 4 0"),
        CLASSIC.replace("3 1 3 4 0", "3.0 1 3 4 0"),
        CLASSIC.replace('"Title"\n', '"Title"'),
        CLASSIC.replace('"Adam"', "Adam").replace('"Donald"', "  Donald"),
        CLASSIC.replace('"Title"', '"Title"\n"A source"\n"A comment"'),
    ],
    ids=(
        *("crlf", "cr", "joined", "tabs", "blank-lines", "one-number-a-line", "comments", "ids", "repeated"),
        *("whole-decimals", "no-last-newline", "bare-names", "source-and-comment"),
    ),
)
def test_written_otherwise_it_says_the_same(changed):
    assert read(changed) == read(CLASSIC)


def test_byte_order_marks_and_older_letters():
    text = CLASSIC.replace("Adam", "Zoë Müller")
    assert read(text, "utf-8-sig") == read(text) == read(text, "latin-1") == read(text, "utf-16")
    assert read(CLASSIC.replace("Adam", "O’Neil"), "cp1252").names[0] == "O’Neil"


def test_equal_places_places_left_empty_and_blank_ballots():
    said = read('3 1\n2 1=2 3 0\n1 - 3 0\n4 0\n1 3 - - 0\n0\n"A"\n"B"\n"C"\n"T"\n')
    assert said.ballots == {ranks((1, 2), 3): 2, ranks((), 3): 1, (): 4, ranks(3, (), ()): 1}


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('"Ann \\"Ace\\" Lee"', 'Ann "Ace" Lee'),
        ('"Ann ""Ace"" Lee"', 'Ann "Ace" Lee'),
        ('"Ann "Ace" Lee"', 'Ann "Ace" Lee'),
        ('"Number #1"  # a comment', "Number #1"),
        ('"  Ann  "', "Ann"),
        ('"3"', "3"),
    ],
)
def test_names_with_quotes_and_signs(line, name):
    assert read(f'1 1\n1 1 0\n0\n{line}\n"T"\n').names == (name,)


def test_a_party_after_the_name():
    said = read('2 1\n1 1 0\n0\n"Ann Lee" "Green"\n"Bo Ray" ""\n"Ward 1"\n')
    assert (said.names, said.title) == (("Ann Lee (Green)", "Bo Ray"), "Ward 1")


def test_a_file_without_a_title():
    assert read('1 1\n1 1 0\n0\n"Ann"\n').title == ""


@pytest.mark.parametrize(
    ("changed", "refusal", "line"),
    [
        ("", refusals.NoBallotFile, None),
        ("\n\n# nothing\n", refusals.NoBallotFile, None),
        ("4", refusals.NoBallotFile, None),
        ("PK\x03\x04\x00", refusals.NoBallotFile, None),
        ("hello world\n", refusals.BadHeader, 1),
        (CLASSIC.replace("4 2\n", "4 0\n"), refusals.BadHeader, 1),
        (CLASSIC.replace("4 2\n", "4 -2\n"), refusals.BadHeader, 1),
        (CLASSIC.replace("-2\n", "-5\n"), refusals.BadWithdrawal, 2),
        (CLASSIC.replace("3 1 3 4 0", "3 1 5 4 0"), refusals.NotACandidate, 3),
        (CLASSIC.replace("3 1 3 4 0", "3 1 3 1 0"), refusals.NamedTwice, 3),
        (CLASSIC.replace("3 1 3 4 0", "3 1 3=1 0"), refusals.NamedTwice, 3),
        (CLASSIC.replace("3 1 3 4 0", "3 1 x 4 0"), refusals.NotARank, 3),
        (CLASSIC.replace("3 1 3 4 0", "3 1 -3 4 0"), refusals.NotARank, 3),
        (CLASSIC.replace("3 1 3 4 0", "3 1 1.5 4 0"), refusals.NotARank, 3),
        (CLASSIC.replace("3 1 3 4 0", "3 1 3= 0"), refusals.NotARank, 3),
        (CLASSIC.replace("3 1 3 4 0", "-3 1 3 4 0").replace("-2\n", "3 1 0\n"), refusals.BadBallotWeight, 3),
        (CLASSIC.replace("3 1 3 4 0", "1.5 1 3 4 0"), refusals.BadBallotWeight, 3),
        (CLASSIC.replace("3 1 3 4 0", "(id) 0"), refusals.BadBallotWeight, 3),
        (CLASSIC.replace("3 1 3 4 0", "=tie 1 3 4 0"), refusals.BadBallotWeight, 3),
        (CLASSIC.replace("1 2 0\n", "1 2\n"), refusals.BallotIsUnended, 6),
        (CLASSIC.replace("1 3 4 2 0", "1 3 4 2"), refusals.BallotsAreUnended, 10),
        (CLASSIC.replace("4 2 0\n0\n", "4 2 0\n"), refusals.BallotsAreUnended, 9),
        (CLASSIC[: CLASSIC.index("1 3 4 2 0")], refusals.BallotsAreUnended, 7),
        (CLASSIC[: CLASSIC.index("3 4 2 0") + 3], refusals.BallotIsUnended, 8),
        (CLASSIC[: CLASSIC.index('"Charlotte"')], refusals.WrongNumberOfNames, None),
        (CLASSIC[: CLASSIC.index('"Adam"')], refusals.WrongNumberOfNames, None),
        (CLASSIC.replace('"Adam"', '"Adam'), refusals.BadName, 10),
        (CLASSIC.replace('"Adam"', '1 2 3 0\n"Adam"'), refusals.BadName, 10),
        (CLASSIC + '"a"\n"b"\n"c"\n', refusals.WrongNumberOfNames, None),
        ("9" * 5000 + " 2\n", refusals.BadHeader, 1),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(changed, refusal, line):
    with pytest.raises(refusal) as refused:
        read(changed)
    assert isinstance(refused.value, refusals.BadBallotFile)
    if line:
        assert f"Line {line}:" in str(refused.value)


def test_a_ballot_over_two_lines_is_read_when_it_can_mean_one_thing_only():
    assert read(CLASSIC.replace("2 2 4 3 1 0", "2 2 4\n3=1 0")).ballots[ranks(2, 4, (1, 3))] == 2
    with pytest.raises(refusals.BallotIsUnended):  # 3 1 0 could be a ballot of its own
        read(CLASSIC.replace("2 2 4 3 1 0", "2 2 4\n3 1 0"))


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12).map(
    lambda text: " ".join(text.split())
)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_is_written_reads_the_same(data):
    candidates = data.draw(st.integers(1, 6))
    names = data.draw(st.lists(TEXT, min_size=candidates, max_size=candidates))
    ballots = data.draw(
        st.lists(
            st.tuples(
                st.permutations(range(1, candidates + 1)).flatmap(
                    lambda order: st.integers(0, len(order)).map(lambda length: ranks(*order[:length]))
                ),
                st.integers(1, 1000),
            ),
            max_size=8,
        )
    )
    withdrawn = data.draw(st.sets(st.integers(1, candidates)))
    asked = election(names, data.draw(st.integers(1, 4)), ballots, withdrawn, data.draw(TEXT))
    assert read_blt(write_blt(asked)) == asked


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60) | st.text('0123456789 =-()#\n"a', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data):
    try:
        said = read_blt(b"3 1\n" + data)
    except refusals.BadBallotFile:
        return
    assert len(said.names) == 3
