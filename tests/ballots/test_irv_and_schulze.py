"""Instant run-off and Schulze's method on elections whose results are published."""

import pytest

from app.ballots.counting.elections import NoCandidate, NoSeat, NoValidBallot, election
from app.ballots.counting.lots import draw
from app.ballots.counting.methods import UnknownMethod, count, count_colleges


def of_letters(names, said, seats=1):
    """`said` like "42 MNCK, 26 NCKM": weights and orders of the candidates' letters."""
    ballots = []
    for each in said.split(", "):
        weight, order = each.split()
        ballots.append((tuple((names.index(letter) + 1,) for letter in order), int(weight)))
    return election(names, seats, ballots)


TENNESSEE = "42 MNCK, 26 NCKM, 15 CKNM, 17 KCNM"  # the usual example of a capital: Memphis, Nashville, ...
SCHULZE = "5 ACBED, 5 ADECB, 8 BEDAC, 3 CABED, 7 CAEBD, 2 CBADE, 7 DCEBA, 8 EBADC"  # the author's first example


def elected(names, counted):
    return "".join(names[number - 1] for number in counted.elected)


def test_run_off_of_the_capital_of_tennessee():
    counted = count(of_letters("MNCK", TENNESSEE), "irv")
    assert elected("MNCK", counted) == "K"
    assert counted.quota == 51
    assert [dict(each.votes) for each in counted.rounds] == [
        {1: 42, 2: 26, 3: 15, 4: 17},
        {1: 42, 2: 26, 4: 32},
        {1: 42, 4: 58},
    ]


def test_schulze_of_the_capital_of_tennessee():
    counted = count(of_letters("MNCK", TENNESSEE), "schulze", seats=4)
    assert elected("MNCK", counted) == "NCKM"


def test_schulzes_own_example():
    counted = count(of_letters("ABCDE", SCHULZE), "schulze", seats=5)
    assert elected("ABCDE", counted) == "EACBD"
    paths = counted.details["paths"]
    assert [paths["1"][other] for other in "2345"] == [28, 28, 30, 24]
    assert [paths["5"][other] for other in "1234"] == [25, 28, 28, 31]
    assert counted.details["pairwise"]["1"] == {"2": 20, "3": 26, "4": 30, "5": 22}


def test_schulze_takes_as_many_as_there_are_seats():
    assert elected("ABCDE", count(of_letters("ABCDE", SCHULZE, seats=2), "schulze")) == "EA"


def test_schulze_counts_equal_places_for_neither_and_the_unranked_below():
    """1 and 2 equal before 3; 4 is on no ballot."""
    counted = count(election("ABCD", 1, [(((1, 2), (3,)), 3), (((2,),), 1)]), "schulze", seats=4)
    assert counted.details["pairwise"]["1"] == {"2": 0, "3": 3, "4": 3}
    assert counted.details["pairwise"]["2"] == {"1": 1, "3": 4, "4": 4}
    assert counted.elected == (2, 1, 3, 4)


def test_schulze_says_who_was_tied_and_takes_the_first_drawn():
    for seed in ("a", "b", "c", "d"):
        counted = count(of_letters("ABC", "1 ABC, 1 BAC"), "schulze", seed=seed)
        assert counted.details["winners"] == [1, 2]
        assert counted.elected == (next(number for number in draw(seed, (1, 2, 3)) if number != 3),)
        assert counted.rounds[0].ties[0].candidates == (1, 2)


def test_run_off_stops_at_more_than_half_of_the_votes_still_in():
    """Of 10 ballots 3 are exhausted when C is out; 4 of 7 is a majority then."""
    counted = count(of_letters("ABC", "4 A, 3 B, 3 C"), "irv", seed="x")
    assert counted.rounds[-1].exhausted == 3
    assert len(counted.rounds) == 2


def test_run_off_for_several_seats_counts_again_without_the_elected():
    counted = count(of_letters("ABC", "6 ABC, 3 BCA, 2 CBA", seats=2), "irv")
    assert elected("ABC", counted) == "AB"
    assert [each.seat for each in counted.rounds] == [1, 2]


def test_run_off_spoils_a_ballot_that_starts_with_an_equal_place_and_ends_one_that_comes_to_it():
    counted = count(election("ABC", 1, [(((1, 2),), 5), (((3,), (1, 2)), 1), (((1,),), 2), (((2,),), 2)]), "irv")
    assert (counted.valid, counted.spoilt) == (5, 5)
    assert counted.rounds[1].exhausted == 1


def test_lots_are_as_published():
    """By hand: printf '%s' 'green/1' | sha256sum, and so for 2 and 3."""
    from hashlib import sha256

    by_hand = sorted((sha256(text.encode()).hexdigest(), text[-1]) for text in ("green/1", "green/2", "green/3"))
    assert draw("green", (1, 2, 3)) == tuple(int(number) for _, number in by_hand)
    assert draw("green", (3, 2, 1)) == draw("green", (1, 2, 3)) == (3, 2, 1)


def test_colleges_each_elect_their_own():
    colleges = {"workers": of_letters("AB", "3 A, 1 B"), "users": of_letters("CD", "1 C, 5 D")}
    counted = count_colleges(colleges, "scottish-stv", seed="s")
    assert {name: each.elected for name, each in counted.items()} == {"workers": (1,), "users": (2,)}
    assert counted["users"].seed == "s/users"


@pytest.mark.parametrize("method", ["irv", "schulze", "scottish-stv"])
def test_what_cannot_be_counted_is_refused(method):
    with pytest.raises(NoValidBallot):
        count(election("AB", 1, [((), 3)]), method)
    with pytest.raises(NoCandidate):
        count(election("AB", 1, [(((1,),), 3)], withdrawn=[1, 2]), method)
    with pytest.raises(NoSeat):
        count(election("AB", 1, [(((1,),), 3)]), method, seats=0)


def test_an_unknown_method_is_refused():
    with pytest.raises(UnknownMethod, match="borda"):
        count(of_letters("AB", "1 A"), "borda")
