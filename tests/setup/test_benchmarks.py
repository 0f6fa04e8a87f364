"""Every benchmark runs, small, and says what it measured in the one form."""

import json
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(path.stem for path in (ROOT / "scripts" / "benchmarks").glob("*.py") if not path.name.startswith("_"))
SMALL = {"charges": ["--size", "12", "--paced", "6"]}
SAID = {"bench", "size", "ours", "limit", "unit", "ratio"}


@pytest.mark.falsified  # some write without the guards, to have many rows soon
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_says_what_it_measured(name, database, capsys, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(ROOT), str(ROOT / "scripts"), *sys.path])
    benchmark = import_module(f"scripts.benchmarks.{name}")
    for shorter, value in (("SECONDS", 0.3), ("ROUNDS", 1)):
        if hasattr(benchmark, shorter):
            monkeypatch.setattr(benchmark, shorter, value)
    benchmark.main(SMALL.get(name, ["--size", "60"]))
    last = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert last.keys() >= SAID and last["bench"] == name
    assert last["ours"] > 0 and last["limit"] > 0
