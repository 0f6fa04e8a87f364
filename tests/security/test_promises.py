"""Every promise of SECURITY.md names a test that is there, and the README leads to it."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_what_keeps_a_promise_exists():
    text = (ROOT / "SECURITY.md").read_text()
    named = set(re.findall(r"`(tests/[\w/.]+)`", text))
    assert len(named) > 8
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_settings_that_are_named_exist():
    from app.core.settings import Settings

    named = set(re.findall(r"COSTAKE_(\w+)", (ROOT / "SECURITY.md").read_text() + (ROOT / "README.md").read_text()))
    named.discard("FUZZ_EXAMPLES")  # of a longer test run
    assert {name.lower() for name in named} - Settings.model_fields.keys() == set()


def test_whoever_reads_the_readme_finds_it():
    assert "SECURITY.md" in (ROOT / "README.md").read_text()
