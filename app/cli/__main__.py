"""Lets `python -m app.cli` be the command line."""

from app.cli import main

main()
