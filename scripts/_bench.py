"""Runs a benchmark of the folder `benchmarks` on a database of its own, built by the migrations.

A benchmark is a module with `main(arguments: list[str]) -> None` whose last printed line is one JSON object. It finds
an empty, migrated database configured: a private server under var/, made for the run and removed after it, or
DATABASE_URL's, whose database should then hold nothing else.
"""

import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "scripts" / "benchmarks"


def known() -> dict[str, str]:
    """Each benchmark's name with the first line of its description."""
    modules = sorted(path for path in FOLDER.glob("*.py") if not path.name.startswith("_"))
    return {path.stem: path.read_text().split('"""')[1].partition("\n")[0] for path in modules}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in known():
        print("scripts/bench NAME [options; --help]\n", file=sys.stderr)
        print("\n".join(f"  {name:<12}{purpose}" for name, purpose in known().items()), file=sys.stderr)
        return 2
    sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]
    (ROOT / "var").mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "var"))
    os.environ["COSTAKE_VAR"] = str(place)
    os.environ.setdefault("COSTAKE_LOG_FORMAT", "text")
    benchmark = import_module(f"scripts.benchmarks.{arguments[0]}")
    from app.core import postgres
    from app.core.migrations import upgrade

    try:
        if not {"-h", "--help"} & set(arguments):
            upgrade()
        benchmark.main(arguments[1:])
    finally:
        postgres.leave(place / "postgres")
        shutil.rmtree(place, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
