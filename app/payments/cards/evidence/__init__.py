"""Evidence: what the bank of a person who disputes a charge is shown, once, by the processor."""
