"""The treasurer's desk: what needs somebody now, where the money is, what is expected and what will be charged."""
