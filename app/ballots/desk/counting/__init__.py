"""The desk of tellers: paper ballots, corrections of the roll, count, certificate and minutes."""
