"""Saying once how a bank's CSV is read: guessed, shown with what it makes of the file, saved, and then taken in."""
