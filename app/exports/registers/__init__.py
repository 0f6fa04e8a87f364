"""Registers: of members, of movements, of officers and of charges, as of any day and as known at any moment."""
