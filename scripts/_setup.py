"""Sets a fresh clone up: `.venv` with the locked packages and the project, and the system's libraries.

Called by _setup.sh with the state that it stands for and the sets of system packages needed. Uses the standard
library only, works for several scripts started at once, and can be repeated after an interruption.
"""

import ctypes
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "set-up"


class Need(NamedTuple):
    """Something of the system's: its Debian package, what it is for, and how to see that it is there."""

    package: str
    purpose: str
    found: Callable[[], bool]


def library(name: str) -> Callable[[], bool]:
    def found() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return found


def program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def font(name: str) -> Callable[[], bool]:
    return lambda: any(next(Path(place).rglob(name), None) for place in ("/usr/share/fonts", "/usr/local/share/fonts"))


NEEDS = {
    "run": [
        Need("libpango-1.0-0", "lays out documents", library("libpango-1.0.so.0")),
        Need("libpangoft2-1.0-0", "lays out documents", library("libpangoft2-1.0.so.0")),
        Need("libharfbuzz-subset0", "documents in a fifth of the time", library("libharfbuzz-subset.so.0")),
        Need("fonts-dejavu-core", "the letters of documents", font("DejaVuSans.ttf")),
        Need("fonts-droid-fallback", "Chinese and Japanese names in documents", font("DroidSansFallbackFull.ttf")),
        Need("fonts-nanum", "Korean names in documents", font("NanumGothic.ttf")),
        Need("fonts-noto-core", "Indian and further names in documents", font("NotoSansDevanagari-Regular.ttf")),
        Need("fonts-symbola", "signs and emoji in documents", font("Symbola_hint.ttf")),
    ],
    "test": [
        Need("chromium", "tests in a real browser", program("chromium", "chromium-browser", "google-chrome")),
        Need("poppler-utils", "tests that look at documents and their seals", program("pdfsig")),
        Need("softhsm2", "tests that seal by a key in a token", program("softhsm2-util")),
        Need("hledger", "tests that read the exported journal", program("hledger")),
        Need("beancount", "tests that read the exported journal", program("bean-check")),
    ],
}


def say(text: str) -> None:
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def run(*command: str | Path) -> bool:
    """Run a command without input, showing what it printed only when it failed; whether it went well."""
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, check=False
    )
    if done.returncode != 0:
        sys.stderr.buffer.write(done.stdout)
    return done.returncode == 0


def is_done(state: str, sets: list[str]) -> bool:
    if not (STAMP.exists() and os.access(VENV / "bin/python", os.X_OK)):
        return False
    text = STAMP.read_text()
    return text.startswith(state + "\n") and all(f"\nhas {name}" in text for name in sets)


def make_virtualenv() -> None:
    if VENV.is_symlink():  # to clear it would empty another folder's
        sys.exit(f"set-up: .venv is a link to {VENV.readlink()}. Remove the link, or run this in the folder it is of.")
    python = VENV / "bin/python"
    if os.access(python, os.X_OK) and (VENV / "bin/pip").exists() and not was_moved():
        return
    say(f"making .venv with Python {sys.version.split()[0]}")
    if not run(sys.executable, "-m", "venv", "--clear", VENV):
        sys.exit("set-up: could not make .venv; on Debian and Ubuntu: apt-get install python3-venv")


def was_moved() -> bool:
    """Whether the folder was copied or renamed since: a virtualenv knows its own place by heart."""
    return str(VENV).encode() not in (VENV / "bin/pip").read_bytes()[:1000]


def install_packages() -> None:
    pip = (VENV / "bin/python", "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet")
    say("installing the packages of requirements.lock into .venv (the first time: about a minute)")
    if not run(*pip, "--require-hashes", "--no-deps", "--requirement", ROOT / "requirements.lock"):
        sys.exit("set-up: the packages could not be installed; see above")
    if not run(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT):
        sys.exit("set-up: the project could not be installed into .venv; see above")
    run(VENV / "bin/python", "-m", "compileall", "-q", "app", "alembic")  # the first start is as fast as the second


def missing(sets: list[str]) -> list[Need]:
    return [need for name in sets for need in NEEDS[name] if not need.found()]


def install_system_packages(sets: list[str]) -> bool:
    """Install what is missing where that is possible, else say what to install; whether all is there."""
    wanted = missing(sets)
    if not wanted or not sys.platform.startswith("linux"):
        return True
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    may = not as_root or (shutil.which("sudo") and run(*as_root, "true"))
    if shutil.which("apt-get") and may:
        say("installing with apt-get: " + ", ".join(f"{need.package} ({need.purpose})" for need in wanted))
        apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        run(*apt, "update")
        run(*apt, "install", "--yes", "--no-install-recommends", *[need.package for need in wanted])
        wanted = missing(sets)
    if wanted:
        say("missing, and not to be installed from here. Please install, as root:")
        say("  apt-get install --no-install-recommends " + " ".join(need.package for need in wanted))
        say("  (" + "; ".join(f"{need.package}: {need.purpose}" for need in wanted) + "). Going on without.")
    return not wanted


def main(state: str, sets: list[str]) -> None:
    lock = os.open(ROOT / "scripts", os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("waiting for another set-up to finish")
        fcntl.flock(lock, fcntl.LOCK_EX)
    if is_done(state, sets):
        return
    known = STAMP.read_text() if is_done(state, []) else ""
    if not known:
        STAMP.unlink(missing_ok=True)
        make_virtualenv()
        install_packages()
    wanted = [name for name in sets if f"\nhas {name}" not in known]
    present = [name for name in wanted if install_system_packages([name])]
    draft = STAMP.with_name("set-up.new")
    draft.write_text((known or f"{state}\n") + "".join(f"has {name}\n" for name in present))
    draft.replace(STAMP)
    if not known:
        say("done")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
