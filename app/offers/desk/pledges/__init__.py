"""Pledges at the desk: found, shown one by one, taken out and brought in as files, noted on."""
