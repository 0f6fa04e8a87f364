"""Profiles: which columns of which register each law wants, with its source; data of `profiles.toml`."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from app.core.errors import N_, Refusal

STANDARD = "standard"
_SAID = {
    "standard": (N_("Standard"), ""),
    "uk": (
        N_("United Kingdom: registered society"),
        N_(
            "Co-operative and Community Benefit Societies Act 2014, section 30; inspection without amounts, section 103"
        ),
    ),
    "us-de": (N_("Delaware: stock ledger"), N_("Delaware General Corporation Law, section 219")),
    "us-co": (
        N_("Colorado: limited cooperative association"),
        N_("Colorado Uniform Limited Cooperative Association Act: records, by name"),
    ),
    "fr": (
        N_("France: registre des mouvements de titres"),
        N_("Code de commerce, articles R228-8 and R228-9: movements, and the account of each holder"),
    ),
    "de": (N_("Germany: Mitgliederliste"), N_("Genossenschaftsgesetz, section 30; inspection, section 31")),
    "be": (
        N_("Belgium: registre des parts"),
        N_("Code des sociétés et des associations: register of shares of a co-operative (after Febecoop's model)"),
    ),
    "sce": (
        N_("European Cooperative Society"),
        N_("Regulation (EC) 1435/2003, article 14(4): alphabetical index of all members"),
    ),
}
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
            title=_SAID[name][0],
            law=_SAID[name][1],
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
