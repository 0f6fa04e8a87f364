"""The demonstration: the #WeAreTwitter campaign, filled in by the same acts that people use."""
