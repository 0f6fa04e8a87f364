"""Matching: what a bank line says and what is open, judged by rules that explain themselves. Pure."""
