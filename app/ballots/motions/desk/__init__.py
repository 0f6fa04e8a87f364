"""The desk of motions: what waits for the board, the secretary and the organizers."""
