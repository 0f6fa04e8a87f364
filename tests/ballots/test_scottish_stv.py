"""The rules 45 to 52 of the Scottish Local Government Elections Order 2007, each on a count made by hand."""

from app.ballots.counting.elections import election
from app.ballots.counting.lots import draw
from app.ballots.counting.methods import count
from app.ballots.counting.rounds import written


def counted(candidates, seats, said, withdrawn=(), seed="s"):
    """`said` is one ballot a line: weight, then the candidates in order."""
    ballots = []
    for line in said.strip().splitlines():
        weight, *order = map(int, line.split())
        ballots.append((tuple((number,) for number in order), weight))
    names = [f"Candidate {number}" for number in range(1, candidates + 1)]
    return count(election(names, seats, ballots, withdrawn), "scottish-stv", seed=seed)


def votes(each):
    return {number: written(amount, 5) for number, amount in each.votes.items()}


def test_the_quota_is_the_votes_by_one_more_than_the_seats_ignoring_decimals_plus_one():
    """Rule 46: 1000 papers for 2 seats: 1000 / 3 = 333.3, so 334."""
    result = counted(3, 2, "500 1\n300 2\n200 3")
    assert result.quota == 334
    assert counted(3, 2, "333 1\n333 2\n333 3").quota == 334  # 999 / 3 = 333, plus one


def test_a_surplus_goes_on_at_five_places_and_the_rest_is_lost():
    """Rule 48(3): of 10 votes with quota 7 each paper goes on at 3 / 10."""
    result = counted(4, 2, "8 1 2\n2 1 3\n5 2\n3 3\n1 4")
    assert result.quota == 7
    second = result.rounds[1]
    assert (second.action, second.candidate) == ("surplus", 1)
    assert votes(second) == {1: "7.00000", 2: "7.40000", 3: "3.60000", 4: "1.00000"}
    assert result.elected == (1, 2)


def test_stages_of_a_real_ward():
    """Glasgow, Baillieston, 3 May 2007: the first two surpluses, from the published first preferences and papers.

    3199 papers of surplus 1123 are worth 0.35104 each, 2689 of surplus 613 are worth 0.22796.
    """
    first = {1: 678, 3: 216, 4: 1342, 5: 466, 6: 739, 8: 250, 9: 224, 10: 181, 11: 392}
    mason = {1: 108, 3: 14, 4: 181, 5: 124, 6: 98, 8: 1901, 9: 81, 10: 71, 11: 111}
    coleman = {1: 43, 3: 29, 4: 1331, 5: 102, 6: 439, 8: 27, 9: 37, 10: 28, 11: 49}
    said = [f"{papers} {number}" for number, papers in first.items()]
    said += [f"{papers} 7 {number}" for number, papers in mason.items()] + ["510 7"]
    said += [f"{papers} 2 {number}" for number, papers in coleman.items()] + ["604 2"]
    result = counted(11, 4, "\n".join(said))
    assert (result.valid, result.quota) == (10376, 2076)
    assert result.rounds[0].elected == (7, 2)  # the one with more votes first
    one, two = result.rounds[1:3]
    assert (one.candidate, two.candidate) == (7, 2)
    assert votes(one) == {
        1: "715.91232", 2: "2689.00000", 3: "220.91456", 4: "1405.53824", 5: "509.52896", 6: "773.40192",
        7: "2076.00000", 8: "917.32704", 9: "252.43424", 10: "205.92384", 11: "430.96544",
    }  # fmt: skip
    assert (written(one.exhausted, 5), written(one.fractions, 5)) == ("179.03040", "0.02304")
    assert votes(two) == {
        1: "725.71460", 2: "2076.00000", 3: "227.52540", 4: "1708.95300", 5: "532.78088", 6: "873.47636",
        7: "2076.00000", 8: "923.48196", 9: "260.86876", 10: "212.30672", 11: "442.13548",
    }  # fmt: skip
    assert written(two.exhausted, 5) == "137.68784"


def test_a_paper_received_with_a_surplus_keeps_its_value_and_is_cut_again_when_it_goes_on():
    """Rule 48(4): 12 of quota 9 are worth 3 / 12 = 0.25; candidate 2 then has 7 + 12 × 0.25 = 10, a surplus of 1:

    own papers go on at 1 × 1 / 10 = 0.1, those received at 0.25 × 1 / 10 = 0.025.
    """
    result = counted(4, 3, "12 1 2 4\n7 2 3\n8 3\n8 4")
    assert result.quota == 9
    assert [each.candidate for each in result.rounds] == [None, 1, 2, 4]
    third = result.rounds[2]
    assert votes(third)[3] == "8.70000"
    assert votes(third)[4] == "8.30000"


def test_surpluses_go_one_at_a_time_the_largest_first_and_not_to_the_elected():
    """Rule 49(1): 30 and 24 of quota 20 are both elected at once; the 30 go first, and none of them to the other."""
    result = counted(5, 3, "30 1 2 3\n24 2 1 4\n10 3\n9 4\n6 5")
    assert result.quota == 20
    assert result.rounds[0].elected == (1, 2)
    assert [each.candidate for each in result.rounds[1:3]] == [1, 2]
    assert set(result.rounds[1].transfers) == {3}
    assert set(result.rounds[2].transfers) == {4}


def test_who_reaches_the_quota_by_a_transfer_waits_for_a_larger_surplus():
    """Rule 49(1) looks at the end of each stage: 1 brings 3 above 2, so that 3 goes before 2."""
    result = counted(5, 4, "30 1 3\n14 2 5\n12 3 5\n5 4\n4 5")
    assert result.quota == 14
    assert result.rounds[0].elected == (1, 2)
    assert [each.candidate for each in result.rounds[1:3]] == [1, 3]


def test_equal_surpluses_are_told_apart_by_the_last_stage_at_which_they_differed():
    """Rule 49(2): with the papers of 4 both 1 and 2 come to 11 of quota 10; the stage before 1 had 9 and 2 had 8."""
    for seed in "abcd":
        result = counted(5, 3, "9 1 3\n8 2 5\n8 3\n7 5\n2 4 1\n3 4 2", seed=seed)
        assert result.quota == 10
        assert result.rounds[1].elected == (1, 2)
        assert result.rounds[2].candidate == 1
        assert (result.rounds[2].ties[0].candidates, result.rounds[2].ties[0].stage) == ((1, 2), 1)


def test_an_exclusion_tie_goes_by_the_most_recent_stage_that_differs():
    """Rule 51(2)(a): 1 has 1 paper, 2 has 2; the exclusion of 1 gives its paper to 3. Then 2 is out, and so on.

    3 and 4 end stage 2 equal (3 had 3 and gets one); at stage 1 candidate 3 had fewer: out before 4.
    """
    result = counted(6, 2, "1 1 3\n5 2\n3 3\n4 4\n9 5\n8 6")
    assert [each.candidate for each in result.rounds[:3]] == [None, 1, 3]
    (tie,) = result.rounds[2].ties
    assert (tie.candidates, tie.chosen, tie.stage) == ((3, 4), 3, 1)


def test_the_most_recent_difference_counts_not_the_first():
    """Stage 1: 3 has 6, 4 has 5. Stage 2: 4 has 7. Stage 3: both have 7. Stage 2 decides, so that 3 is excluded."""
    result = counted(6, 1, "2 1 4\n1 2 3\n2 2 6\n6 3\n5 4\n30 5\n40 6")
    assert [each.candidate for each in result.rounds[:4]] == [None, 1, 2, 3]
    (tie,) = result.rounds[3].ties
    assert (tie.candidates, tie.chosen, tie.stage) == ((3, 4), 3, 2)


def test_what_was_always_equal_is_decided_by_the_published_lots():
    """Rules 49(3) and 51(2)(b): whoever is drawn last is excluded first."""
    for seed in ("one", "two", "three", "four"):
        result = counted(4, 1, "5 1\n2 2\n2 3\n4 4", seed=seed)
        lots = draw(seed, (1, 2, 3, 4))
        out = max((2, 3), key=lots.index)
        assert result.rounds[1].candidate == out
        assert result.rounds[1].ties[0].stage is None


def test_an_excluded_candidates_papers_go_on_at_the_value_at_which_they_came():
    """Rule 50(4): 2 holds 2 papers of its own and 10 received at 0.2; excluded, they go on at 1 and at 0.2."""
    result = counted(4, 2, "10 1 2 3\n2 2 4\n5 3\n5 4")
    assert result.quota == 8
    assert votes(result.rounds[1])[2] == "4.00000"
    assert result.rounds[2].candidate == 2
    assert votes(result.rounds[2]) == {1: "8.00000", 3: "7.00000", 4: "7.00000"}


def test_the_last_vacancies_are_filled_without_a_further_transfer():
    """Rule 52: when 3 is out, two are left for two vacancies; 3's papers stay where they are."""
    result = counted(3, 2, "4 1\n3 2\n2 3 2")
    assert result.quota == 4
    last = result.rounds[-1]
    assert (last.action, last.candidate, last.elected, last.deemed) == ("exclusion", 3, (2,), (2,))
    assert votes(last) == {1: "4.00000", 2: "3.00000", 3: "2.00000"}
    assert not last.transfers


def test_a_surplus_stays_when_the_last_vacancies_can_be_filled():
    """Rule 48(1) is subject to rule 52: with as many left as vacancies nothing is transferred."""
    result = counted(3, 3, "9 1 2\n1 2\n1 3")
    assert len(result.rounds) == 1
    assert result.elected[0] == 1
    assert set(result.elected) == {1, 2, 3}
    assert set(result.rounds[0].deemed) == {2, 3}


def test_the_count_stops_when_the_last_vacancy_is_filled():
    """Rule 48(1): with no vacancy left the last surplus is not transferred, and nobody else is excluded."""
    result = counted(4, 1, "9 1 2\n3 2\n2 3\n1 4")
    assert len(result.rounds) == 1
    assert result.elected == (1,)


def test_one_who_reaches_the_quota_when_another_is_excluded_is_elected_before_the_rest_are_deemed():
    result = counted(4, 2, "5 1\n4 2\n3 3 2\n1 4 1")
    assert result.quota == 5
    assert result.elected == (1, 2)


def test_withdrawn_candidates_are_passed_over():
    """A paper for a withdrawn candidate counts for the next; one for nobody else is no valid paper."""
    result = counted(3, 1, "3 1 2\n2 3\n4 1", withdrawn=[1])
    assert (result.valid, result.blank, result.quota) == (5, 4, 3)
    assert result.elected == (2,)


def test_fewer_candidates_than_seats_are_all_elected():
    assert set(counted(2, 5, "1 1\n1 2").elected) == {1, 2}


def test_what_a_surplus_loses_is_logged_as_fractions():
    """7 papers of quota 5: each is worth 2 / 7 = 0.28571 and a rest; seven rests of 0.00003 in all are lost."""
    result = counted(3, 2, "7 1 2\n3 2\n3 3")
    assert result.quota == 5
    assert votes(result.rounds[1])[2] == "4.99997"
    assert written(result.rounds[1].fractions, 5) == "0.00003"
