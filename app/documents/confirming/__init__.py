"""Confirming: a buyer is told what was bought at which price, and what intermediaries earn from it (D07)."""
