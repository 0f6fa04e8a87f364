"""The public page of an offer: its live total, its history, what organizers say, questions, and ways to share it."""
