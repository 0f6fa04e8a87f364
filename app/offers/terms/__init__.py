"""The terms of an offer: stated, judged, and changed while it is open."""
