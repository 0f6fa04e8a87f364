"""Payments: what is asked for, what arrived, and what goes back."""
