"""The house keeps its own rules: sizes, names, walls."""

import ast
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES_MAX = 400
NO_NAMES = {"service", "services", "manager", "managers", "helper", "helpers", "utils", "util", "common", "misc"}
HTTP = {"fastapi", "starlette"}
HTTP_FILES = {"routes.py", "webhooks.py", "access.py", "main.py"}
NO_FLOATS = ("app/ledger", "app/shares", "app/payments", "app/ballots/counting", "app/core/money.py")
# Seconds of a monotonic clock, between calls to the processor; none of these files reckons with money.
SECONDS_ONLY = {f"app/payments/cards/running/{name}.py" for name in ("charging", "pacing", "progress")}
DATED = re.compile(r"20\d\d_[01]\d_[0-3]\d_[a-z0-9_]+\.py")
# In pieces, so that this file does not break its own rule.
HOSTS = [
    left + right
    for left, right in [("py", "pi.org"), ("pythonhosted", ".org"), ("npmjs", ".org"), ("deb.deb", "ian.org")]
]


@cache
def ours() -> list[Path]:
    """The files of the project: those that git keeps, or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def python(folder: str = "app") -> list[Path]:
    return [path for path in ours() if path.suffix == ".py" and path.is_relative_to(ROOT / folder)]


def told(paths) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in paths)


def test_no_file_grows_beyond_a_few_screens():
    assert told(path for path in python() if len(path.read_text().splitlines()) > LINES_MAX) == []


def test_every_file_opens_with_a_sentence():
    assert told(path for path in python() if not ast.get_docstring(ast.parse(path.read_text()))) == []


def test_files_are_named_for_what_they_do():
    assert told(path for path in python() if NO_NAMES & set(path.stem.split("_"))) == []


def imports(path: Path) -> set[str]:
    """Top names of the packages that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_http_stops_at_the_door():
    inside = [p for p in python() if p.name not in HTTP_FILES and not p.is_relative_to(ROOT / "app/web")]
    assert told(path for path in inside if imports(path) & HTTP) == []


def test_no_float_comes_near_the_books():
    books = [p for p in python() if any(p.is_relative_to(ROOT / place) for place in NO_FLOATS)]
    files = [p for p in books if str(p.relative_to(ROOT)) not in SECONDS_ONLY]
    assert files
    wrong = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if (isinstance(node, ast.Name) and node.id == "float") or (
                isinstance(node, ast.Constant) and isinstance(node.value, float)
            ):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_migrations_are_named_by_date():
    assert told(p for p in python("alembic/versions") if not DATED.fullmatch(p.name)) == []


def test_the_migrations_do_not_shadow_their_library():
    assert not (ROOT / "alembic" / "__init__.py").exists()


@pytest.mark.parametrize("host", HOSTS)
def test_no_file_names_a_package_registry(host):
    wrong = [path for path in ours() if host.encode() in path.read_bytes()]
    assert told(wrong) == []


def test_the_lock_holds_every_dependency_with_a_hash():
    lock = (ROOT / "requirements.lock").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.match(r"[A-Za-z0-9._-]+", each)[0].lower().replace("_", "-") for each in asked}
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    locked = {entry.partition("==")[0] for entry in entries}
    assert names - locked == set(), "run scripts/lock"
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|^-", lock, re.MULTILINE)


def test_every_dependency_says_why_it_is_here():
    text = (ROOT / "pyproject.toml").read_text()
    listed = re.findall(r'^    "[A-Za-z][^"]*[=<>~][^"]*".*$', text, re.MULTILINE)
    assert listed
    assert [line for line in listed if "#" not in line] == []


def test_every_command_says_where_it_is():
    from app.cli import ENTRIES

    places = {name: ROOT / (entry.place.partition(":")[0].replace(".", "/") + ".py") for name, entry in ENTRIES.items()}
    assert {name for name, path in places.items() if not path.exists()} == set()


def test_every_job_that_is_deferred_is_in_the_worker_s_table():
    from app.worker import JOBS

    deferred = set()
    for path in (ROOT / "app").rglob("*.py"):
        text = path.read_text()
        deferred |= set(re.findall(r'\bdefer\(session, "([\w.]+)"', text))
        deferred |= set(re.findall(r'^[A-Z_]*JOB = "([\w.]+)"', text, re.MULTILINE))
    assert deferred
    assert deferred <= set(JOBS), "a job that nobody does"
