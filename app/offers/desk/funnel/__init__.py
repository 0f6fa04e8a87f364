"""The funnel: how many saw, began, confirmed and paid, counted by day without following anyone."""
