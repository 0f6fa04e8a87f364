"""The audit of what we run on, as far as this machine can: licences, pins with hashes, and that all fit together.

Lists of known weaknesses lie on the network; this step does not reach for it. `pip-audit -r requirements.lock` does.
"""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# What may be combined with the AGPL and asks of whoever runs it at most that notices stay.
ALLOWED = {
    "MIT": "permissive",
    "MIT-0": "permissive",
    "BSD": "permissive",
    "ISC": "permissive",
    "Apache": "permissive, and compatible with version 3 of the AGPL",
    "PSF": "permissive: Python's own",
    "Python Software Foundation": "permissive: Python's own, in full",
    "PYTHON-2": "permissive: Python's own",
    "Unlicense": "public domain",
    "CC0": "public domain",
    "ZPL": "permissive: Zope",
    "HPND": "permissive: Pillow's",
    "PostgreSQL": "permissive: PostgreSQL's own",
    "LGPL": "weak copyleft: used unchanged as a library",
    "MPL": "weak copyleft, file by file: used unchanged",
    "Zlib": "permissive",
    "0BSD": "permissive",
}
# Packages that name none, or several to choose from: what we read in their own licence files, or chose.
CHOSEN = {"pyphen": "LGPL-2.1-or-later"}


def runtime() -> dict[str, Distribution]:
    """Every installed package that the product itself needs, directly or not, by its normal name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    waiting, found = list(project["project"]["dependencies"]), {}
    while waiting:
        from packaging.requirements import Requirement

        wanted = Requirement(waiting.pop())
        name = _normal(wanted.name)
        extras = sorted(wanted.extras) or [""]
        if wanted.marker and not any(wanted.marker.evaluate({"extra": extra}) for extra in ["", *extras]):
            continue
        if name in found and not wanted.extras:
            continue
        found[name] = distribution(name)
        for line in found[name].requires or []:
            inner = Requirement(line)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in extras):
                inner.marker = None
                waiting.append(str(inner))
    return found


def licence(of: Distribution) -> str:
    """What a package says of its licence."""
    said = of.metadata
    classified = [line.rpartition("::")[2].strip() for line in said.get_all("Classifier") or [] if "License ::" in line]
    first = (said.get("License") or "").strip().splitlines()[:1]
    chosen = CHOSEN.get(_name(of)) or said.get("License-Expression")
    return chosen or "; ".join(classified) or " ".join(first)


def allowed(said: str) -> bool:
    """Whether every licence that holds at once is one that we allow; of alternatives, one is enough."""
    together = re.split(r"\s+and\s+|;", said, flags=re.IGNORECASE)
    return all(any(re.search(rf"\b{re.escape(known)}", part, re.IGNORECASE) for known in ALLOWED) for part in together)


def problems() -> list[str]:
    """Everything that is wrong, a line each."""
    wrong = []
    lock = (ROOT / "requirements.lock").read_text()
    entries = {entry.partition("==")[0]: entry for entry in re.split(r"\n(?=[a-z0-9])", lock)}
    found = runtime()
    for name, package in sorted(found.items()):
        said = licence(package)
        if not said:
            wrong.append(f"{name}: names no licence; read it, and note it in scripts/_dependencies.py")
        elif not allowed(said):
            wrong.append(f"{name}: its licence is not one of those that are allowed: {said}")
        entry = entries.get(name, "")
        if "--hash=sha256:" not in entry:
            wrong.append(f"{name}: requirements.lock does not hold it with a hash; run scripts/lock")
        elif package.version != re.match(r"[^=]+==([^\s;]+)", entry)[1]:
            wrong.append(f"{name}: {package.version} is installed, requirements.lock says otherwise")
    return wrong


def _name(of: Distribution) -> str:
    return _normal(of.metadata["Name"])


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    wrong = problems()
    fits = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    if fits.returncode and "No module named pip" not in fits.stderr:
        wrong += fits.stdout.strip().splitlines()
    print("\n".join(wrong) or f"{len(runtime())} packages: licences, pins and hashes are in order.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
