"""Paying a pledge by card or debit: one page for saving, paying, confirming and replacing."""
