"""Distributions: interest on shares and patronage refunds, shared out to the cent, approved by two people."""
