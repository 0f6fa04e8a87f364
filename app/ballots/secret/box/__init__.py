"""The box: secret ballots on paper, whose envelopes are noted by name and whose sheets are read without one."""
