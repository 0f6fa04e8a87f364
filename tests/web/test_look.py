"""The look: text is readable in both schemes (WCAG 2.2 AA), and every class that a template uses exists."""

import re

import pytest

from app.core.settings import ROOT

CSS = (ROOT / "static" / "costake.css").read_text()
TEXT = [  # (text, what it stands on), 4.5 : 1
    *[(text, ground) for text in ("ink", "soft", "brand", "brand-deep", "bad") for ground in ("paper", "card")],
    *[(state, f"{state}-soft") for state in ("good", "waiting", "bad", "info")],
    ("band-ink", "band"),
    ("brand-ink", "brand"),
    ("brand-ink", "brand-deep"),
    ("brand", "brand-soft"),
    ("brand-deep", "brand-soft"),
]
SHAPES = [  # borders of fields, focus, progress: 3 : 1
    *[(shape, ground) for shape in ("edge", "focus", "brand") for ground in ("paper", "card")],
    ("share", "band"),
    ("brand", "share-soft"),
]


def tokens(scheme: str) -> dict[str, str]:
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    return found if scheme == "light" else found | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_shapes_stand_out(scheme):
    colours = tokens(scheme)
    weak = {
        f"{one} on {other}": round(contrast(colours[one], colours[other]), 2)
        for pairs, least in ((TEXT, 4.5), (SHAPES, 3.0))
        for one, other in pairs
        if contrast(colours[one], colours[other]) < least
    }
    assert weak == {}


def test_every_class_of_a_template_has_its_style():
    style = CSS + "".join(path.read_text() for path in (ROOT / "static").glob("*.css"))
    known = set(re.findall(r"\.([a-z][a-z0-9-]*)", style))
    lost = {}
    for path in (ROOT / "templates").rglob("*.html"):
        if path.relative_to(ROOT / "templates").parts[0] in ("letters", "documents"):
            continue
        for value in re.findall(r'class="([^"]*)"', path.read_text()):
            words = re.sub(r"{%.*?%}", " ", re.sub(r"[^ ]*{{.*?}}[^ ]*", " ", value)).split()
            lost |= {word: path.name for word in words if word not in known and not word[-1].isdigit()}
    assert lost == {}


def test_the_style_loads_nothing_from_elsewhere():
    assert "url(" not in CSS
    assert "@import" not in CSS
