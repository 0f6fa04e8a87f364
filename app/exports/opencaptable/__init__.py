"""The Open Cap Format 1.2.0: packages of the cap table, written, and read as an opening state."""
