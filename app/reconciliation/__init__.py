"""Reconciliation: what the bank says beside what the books say, line by line, until nothing is unexplained."""
