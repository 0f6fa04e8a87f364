"""What intermediaries earn: read from a line for each, shown as it was typed, and computed to the whole minor unit."""

import pytest

from app.offers.terms.intermediaries import (
    Remuneration,
    as_rows,
    intermediaries_of,
    read_intermediaries,
    typed_intermediaries,
)
from app.web.typed import Form

PORTAL, TRUST = (
    Remuneration("Portal LLC", "the issuer", ppm=25_000),
    Remuneration("Trust", "the issuer", each_cents=1_15),
)


def read(text: str = "", nobody: str = ""):
    form = Form({"intermediaries": text} | ({"intermediaries_none": nobody} if nobody else {}))
    return read_intermediaries(form, "USD"), list(form.problems)


def test_lines_are_read_shown_and_kept_alike():
    said, problems = read("Portal LLC; the issuer; 2.5 %\n\n Trust ;the issuer; 1.15")
    assert (said, problems) == ((PORTAL, TRUST), [])
    assert read(**_typed(said)) == (said, []) == (intermediaries_of(as_rows(said)), [])
    assert read("Portal LLC; the issuer; 2,5%")[0] == (PORTAL,)
    assert read(nobody="yes") == ((), []) and read(**_typed(())) == ((), [])
    assert read() == (None, []) and typed_intermediaries(None, "USD") == {}


def _typed(said) -> dict[str, str]:
    fields = typed_intermediaries(said, "USD")
    return {"text": fields.get("intermediaries", ""), "nobody": fields.get("intermediaries_none", "")}


@pytest.mark.parametrize(
    "line",
    ["Portal", "Portal; issuer", "a; b; c", "a; b; 0 %", "a; b; 101 %", "a; b; -1", "a; b; 0.00001 %", "a; b; NaN %",
     "; b; 1", "a; ; 1", "a; b; 1; 2", "x" * 141 + "; b; 1", "a; b; 1e9999999 %", "a; b; 12.345"],
)  # fmt: skip
def test_what_is_no_such_line_is_refused_by_its_number(line):
    assert read(f"Portal; issuer; 1 %\n{line}") == ((Remuneration("Portal", "issuer", ppm=10_000),), ["intermediaries"])


def test_nobody_earns_and_somebody_earns_is_refused():
    assert read("Portal; issuer; 1 %", "yes")[1] == ["intermediaries"]


@pytest.mark.parametrize(("paid", "earned"), [(230_00, 5_75), (19, 0), (20, 1), (0, 0), (10**15, 25 * 10**12)])
def test_a_part_is_rounded_to_the_minor_unit_halves_upwards(paid, earned):
    assert PORTAL.earned(paid) == earned
    assert TRUST.earned(paid) == 1_15
