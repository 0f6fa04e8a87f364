"""Loans and bonds to the co-operative: schedules, repayments, conversion into shares."""
