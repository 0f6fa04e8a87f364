"""Hearing: what the processor tells, kept once and handled in any order; what only a person can judge."""
