"""Profiles: which columns of which register each law wants, with its source; data of `profiles.toml`."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.core.errors import N_, Refusal

STANDARD = "standard"
REGISTERS = ("members", "movements", "officers", "charges", "loans")


class UnknownProfile(Refusal):
    """There is no such profile."""

    message = N_("There is no profile “{name}”. Choose one of: {known}.")
    field = "profile"


@dataclass(frozen=True)
class Profile:
    """What one law wants: columns by register (the standard ones where it says nothing), and what members may inspect.

    `former`: whether those who left stay in the register of members; `order`: how its lines follow each other.
    """

    name: str
    title: str
    law: str
    sources: tuple[str, ...]
    read: bool
    former: bool
    columns: dict[str, tuple[str, ...]]
    inspection: tuple[str, ...] = ()
    order: str = field(default="number")


@cache
def profiles() -> dict[str, Profile]:
    """Every profile by its name, the standard one first."""
    data = tomllib.loads((Path(__file__).parent / "profiles.toml").read_text(encoding="utf-8"))
    usual = data[STANDARD]
    return {
        name: Profile(
            name=name,
            title=row["title"],
            law=row["law"],
            sources=tuple(row["sources"]),
            read=row["read"],
            former=row["former"],
            columns={register: tuple(row.get(register, usual[register])) for register in REGISTERS},
            inspection=tuple(row.get("inspection", ())),
            order=row.get("order", "number"),
        )
        for name, row in data.items()
    }


def profile(name: str) -> Profile:
    """The profile of a name; raises `UnknownProfile`."""
    found = profiles().get(name)
    if found is None:
        raise UnknownProfile(name=name[:20], known=list(profiles()))
    return found
