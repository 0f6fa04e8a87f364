"""Bulk: a whole issue of certificates is filed as records, sealed together by one Merkle root with one timestamp."""
