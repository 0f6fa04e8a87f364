"""The tellers' work over the API: the roll corrected, a count contested, a second call, minutes."""
