"""The planner: whether the users of a platform can buy enough of it to carry the vote, and what then."""
