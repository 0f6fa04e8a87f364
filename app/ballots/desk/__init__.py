"""The desk of ballots: drafted, called and amended by organizers."""
