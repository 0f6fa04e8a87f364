"""The steps of scripts/check, by name: each is run and timed, whatever the others say."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.prefix) / "bin"
LINES_SHOWN = 100  # of a step that failed


def command(*arguments: str) -> Callable[[], tuple[int, str]]:
    def run(environment: dict[str, str] | None = None) -> tuple[int, str]:
        done = subprocess.run(
            [BIN / arguments[0] if (BIN / arguments[0]).exists() else arguments[0], *arguments[1:]],
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def migrations() -> tuple[int, str]:
    """Build an empty database by every migration, then compare it with the tables that the code declares."""
    sys.path.insert(0, str(ROOT))
    from app.core.postgres import temporary_server

    printed = ""
    with temporary_server() as address:
        for arguments in (("alembic", "upgrade", "head"), ("alembic", "check")):
            status, text = command(*arguments)({"DATABASE_URL": address})
            printed += text
            if status:
                return status, printed
    return 0, printed


STEPS: dict[str, tuple[str, Callable[[], tuple[int, str]]]] = {
    "format": ("ruff format", command("ruff", "format", "--check", ".")),
    "lint": ("ruff check", command("ruff", "check", ".")),
    "types": ("mypy, strict on app/", command("mypy")),
    "floors": ("a room imports lower floors only", command("lint-imports", "--no-logo")),
    "migrations": ("from empty to the tables that the code declares", migrations),
    "messages": ("every visible string in every language", command("python", "scripts/messages", "check")),
    "dependencies": ("licences, pins with hashes, all fitting together", command("python", "scripts/_dependencies.py")),
    "house": ("tests of the house itself", command("python", "-m", "pytest", "-q", "tests/house")),
}


def main(names: list[str]) -> int:
    unknown = set(names) - STEPS.keys()
    if unknown or "--help" in names:
        print("scripts/check [names of steps]\n")
        print("\n".join(f"  {name:<14}{purpose}" for name, (purpose, _) in STEPS.items()))
        return 2
    failed = []
    for name in names or STEPS:
        purpose, step = STEPS[name]
        print(f"{name:<14}{purpose:<52}", end="", flush=True)
        started = time.monotonic()
        status, printed = step()
        print(f"{'ok' if status == 0 else 'FAILED':<8}{time.monotonic() - started:5.1f} s", flush=True)
        if status:
            failed.append(name)
            lines = printed.strip().splitlines()
            print("\n".join("    " + line for line in lines[:LINES_SHOWN]))
            if len(lines) > LINES_SHOWN:
                print(f"    … and {len(lines) - LINES_SHOWN} lines more")
    print(f"Failed: {', '.join(failed)}" if failed else "All steps passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
