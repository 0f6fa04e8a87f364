"""The bar of what is done: as wide as its part, and a hairline where that is too small to see."""

import re

import pytest

from app.core.templates import environment

BAR = '{% from "parts/show.html" import progress with context %}{{ progress(part, whole, "some", hoped=hoped) }}'


def widths(part, whole, hoped=0):
    drawn = environment("en").from_string(BAR).render(part=part, whole=whole, hoped=hoped)
    return dict(re.findall(r'<rect class="progress-(done|hoped)" width="(\d+)"', drawn))


@pytest.mark.parametrize(
    ("part", "width"), [(0, None), (1, "2"), (11, "2"), (1_000_000, "1000"), (500_000, "500"), (5_000_000, "1000")]
)
def test_a_bar_is_as_wide_as_its_part(part, width):
    assert widths(part, 1_000_000).get("done") == width


def test_what_is_hoped_for_shows_beside_a_hairline():
    assert widths(1, 1_000_000, hoped=2) == {"hoped": "4", "done": "2"}
