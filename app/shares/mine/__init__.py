"""A member's own requests about their shares."""
