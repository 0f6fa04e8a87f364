"""The exchange of every share of a company for shares of the co-operative: drafted, reckoned, approved, executed."""
