"""Reminders: whoever has not confirmed or not paid is reminded, as far as the law and the person allow."""
