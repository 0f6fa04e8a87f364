"""Redeeming allocations: what distributions had retained is paid out later, by two people."""
