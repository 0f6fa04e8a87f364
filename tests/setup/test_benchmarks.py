"""Every benchmark runs, small, and says what it measured in the one form."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.long
NAMES = sorted(path.stem for path in (ROOT / "scripts" / "benchmarks").glob("*.py") if not path.name.startswith("_"))
SMALL = {
    "certificates": ["--size", "4"],
    "charges": ["--size", "12", "--paced", "6"],
    "matching": ["--size", "200", "--lines", "40"],
    "total": ["--size", "60", "--seconds", "0.3", "--rounds", "1"],
}
SAID = {"bench", "size", "ours", "limit", "unit", "ratio"}


@pytest.mark.falsified  # some write without the guards, to have many rows soon
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_says_what_it_measured(name, database):
    """On the database of the test, in a process of its own."""
    asked = [sys.executable, "scripts/_bench.py", name, *SMALL.get(name, ["--size", "60"])]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    last = json.loads(done.stdout.strip().splitlines()[-1])
    assert last.keys() >= SAID and last["bench"] == name
    assert last["ours"] > 0 and last["limit"] > 0
