"""Conversions over the API: as everyone sees them, the desk’s dry run, papers and exits, and the duties after."""
