"""The cap table: who owns what, by class and over time, with pledges, and before and after a conversion."""
