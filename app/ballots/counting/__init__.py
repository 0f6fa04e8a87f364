"""Counting: pure and exact; the same ballots, rule and seed give the same result, whoever counts and in what order."""
