"""The fonts of documents: named files only, so that the same facts give the same bytes whatever else is installed."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.core.settings import settings

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
FILES = (
    *(f"DejaVu{family}.ttf" for family in ("Sans", "Sans-Bold", "Sans-Oblique", "Sans-BoldOblique", "SansMono")),
    *(f"DejaVu{family}.ttf" for family in ("SansMono-Bold", "Serif", "Serif-Bold", "Serif-Italic", "Serif-BoldItalic")),
    "DroidSansFallbackFull.ttf",
    "NanumGothic.ttf",
    "NanumGothicBold.ttf",
    *(
        f"NotoSans{script}-{weight}.ttf"
        for script in (
            *("Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam"),
            *("Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Ethiopic", "Cherokee", "Thaana", "CanadianAboriginal"),
        )
        for weight in ("Regular", "Bold")
    ),
    "Symbola_hint.ttf",
)
"""Names of files of Debian's packages fonts-dejavu-core, -droid-fallback, -nanum, -noto-core and -symbola."""
_INVISIBLE = frozenset((*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFE0E, 0xFE0F))
_CONTROLS = frozenset((*range(0x20), *range(0x7F, 0xA0)))
_SPACES = frozenset(map(ord, "\t\n\r "))


@cache
def font_files() -> tuple[Path, ...]:
    """The named fonts that are installed, and those of the folder that the setting `document_fonts` names."""
    installed = {path.name: path for folder in reversed(FOLDERS) for path in sorted(folder.rglob("*.[to]t[fc]"))}
    own = settings().document_fonts
    return (
        *(installed[name] for name in FILES if name in installed),
        *(sorted(path for path in own.rglob("*") if path.suffix in (".ttf", ".otf", ".ttc")) if own else ()),
    )


@cache
def fingerprint() -> str:
    """Sixteen signs that change when a font does."""
    digest = hashlib.sha256()
    for path in font_files():
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def configuration() -> str:
    """What fontconfig is told: these files, and no other."""
    folders = "".join(f"<dir>{folder}</dir>" for folder in sorted({str(path.parent) for path in font_files()}))
    accepted = "".join(f"<glob>{path}</glob>" for path in font_files())
    return (
        f'<?xml version="1.0"?><fontconfig>{folders}<cachedir prefix="xdg">fontconfig</cachedir>'
        f"<selectfont><acceptfont>{accepted}</acceptfont><rejectfont><glob>/*</glob></rejectfont></selectfont>"
        "</fontconfig>"
    )


def uncovered(texts: Iterable[str]) -> list[str]:
    """The characters of texts that no font of documents shows, in the order of their code; none is said twice."""
    said = {character for text in texts for character in text}
    return sorted(character for character in said if ord(character) not in _covered())


@cache
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTCollection, TTFont

    found: set[int] = set(_INVISIBLE)
    for path in font_files():
        fonts = TTCollection(path, lazy=True).fonts if path.suffix == ".ttc" else [TTFont(path, lazy=True)]
        for font in fonts:
            found.update(font.getBestCmap() or ())
    return frozenset(found - _CONTROLS | _SPACES)
