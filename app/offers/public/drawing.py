"""Drawing the picture that networks show beside a link: the total of this moment, 1200 by 630 pixels, as PNG.

Fonts are those of documents (DejaVu, and Droid for the scripts of East Asia); where neither is installed, the one that
the drawing library brings along.
"""

from functools import cache
from io import BytesIO
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from app.core import language
from app.core.errors import N_
from app.core.language import counter, translator
from app.offers.public.keeping import Kept
from app.offers.public.totals import Total, live_total

WIDTH, HEIGHT, LEFT = 1200, 630, 72
RING, RING_AT = 356, (796, 120)
SECONDS = 60
"""How long a picture may be served: drawing one takes longer than serving a hundred."""
BAND, INK, SOFT, SHARE, EMPTY = "#0d4f45", "#f6f3ea", "#c9ddd6", "#e2a32b", "#1d6a5d"
TITLE, TEXT = "DejaVuSerif-Bold.ttf", "DejaVuSans.ttf"
EAST = "DroidSansFallbackFull.ttf"
PLEDGED = N_("pledged by {people}")
OF_TARGET = N_("{share} of {target}")

_kept: Kept[bytes] = Kept()


def picture(slug: str, lang: str, organization: str) -> bytes:
    """The picture of an offer in a language, at most a minute old."""
    return _kept.get((slug, lang, organization), lambda: draw(live_total(slug), lang, organization), seconds=SECONDS)


def draw(total: Total, lang: str, organization: str) -> bytes:
    """The picture of a total."""
    image = Image.new("RGB", (WIDTH, HEIGHT), BAND)
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((0, HEIGHT - 16, WIDTH, HEIGHT), fill=SHARE)
    image.paste(_ring(total), RING_AT)
    canvas.text((LEFT, 56), organization, font=_font(TEXT, 30, organization), fill=SOFT)
    y = 112
    for line in _lines(canvas, total.title, 660):
        canvas.text((LEFT, y), line, font=_font(TITLE, 54, line), fill=INK)
        y += 68
    say, people = translator(lang), total.people
    counted = counter(lang)("%(count)s person", "%(count)s people", people) % {"count": language.number(people, lang)}
    share = language.percent(total.pledged.minor, lang, total.target.minor, digits=4 if _tiny(total) else 1)
    pledged = language.money(total.pledged, lang, brief=True)
    target = language.money(total.target, lang, brief=True)
    _fitted(canvas, (LEFT, 356), pledged, TITLE, 84, 700, SHARE)
    _fitted(canvas, (LEFT, 466), say(PLEDGED).format(people=counted), TEXT, 38, 700, INK)
    _fitted(canvas, (LEFT, 526), say(OF_TARGET).format(share=share, target=target), TEXT, 32, 700, SOFT)
    out = BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=6)
    return out.getvalue()


def _tiny(total: Total) -> bool:
    return total.pledged.minor * 1000 < total.target.minor


def _ring(total: Total) -> Image.Image:
    """A hundred equal shares round the whole, those that are pledged bright; drawn large first, for smooth edges."""
    middle, outer, inner, parts = RING * 1.5, RING * 1.47, RING * 1.1, 100
    image = Image.new("RGB", (RING * 3, RING * 3), BAND)
    canvas = ImageDraw.Draw(image)
    full = min(parts * total.pledged.minor // total.target.minor, parts) if total.target.minor else 0
    full = max(full, int(total.pledged.minor > 0))
    for number in range(parts):
        start, end = ((number + edge) * 2 * pi / parts for edge in (0.14, 0.86))
        corners = [(outer, start), (outer, end), (inner, end), (inner, start)]
        places = [(middle + far * sin(angle), middle - far * cos(angle)) for far, angle in corners]
        canvas.polygon(places, fill=SHARE if number < full else EMPTY)
    return image.resize((RING, RING), Image.Resampling.LANCZOS)


def _lines(canvas: ImageDraw.ImageDraw, text: str, width: int) -> list[str]:
    """Up to three lines of a title; what does not fit ends in an ellipsis."""
    lines, rest = [""], text.split()
    for word in rest:
        longer = f"{lines[-1]} {word}".strip()
        if canvas.textlength(longer, font=_font(TITLE, 54, longer)) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = lines[:3]
    if len(lines) > 3:
        shown[-1] += " …"
    return [_shortened(canvas, line, width) for line in shown]


def _shortened(canvas: ImageDraw.ImageDraw, line: str, width: int) -> str:
    if canvas.textlength(line, font=_font(TITLE, 54, line)) <= width:
        return line
    while line and canvas.textlength(line + "…", font=_font(TITLE, 54, line)) > width:
        line = line[:-1]
    return line + "…"


def _fitted(
    canvas: ImageDraw.ImageDraw, at: tuple[int, int], text: str, name: str, size: int, width: int, colour: str
) -> None:
    """One line, in smaller letters when it is long."""
    while size > 20 and canvas.textlength(text, font=_font(name, size, text)) > width:
        size -= 4
    canvas.text(at, text, font=_font(name, size, text), fill=colour)


def _font(name: str, size: int, text: str) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    east = any(0x2E80 <= ord(sign) <= 0x9FFF or 0xAC00 <= ord(sign) <= 0xD7FF for sign in text)
    return _loaded(EAST if east else name, size)


@cache
def _loaded(name: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return ImageFont.load_default(size)
