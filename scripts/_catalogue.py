"""Every kind of document in every language, from sample facts: to be looked at, or to be kept as golden text.

`documents [FOLDER]` writes the PDFs, and with `pdftoppm` a sheet of the pages of each language, to FOLDER
(var/catalogue). `golden` writes the texts that `tests/documents/test_catalogue.py` expects: read the difference before
committing it.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.core.language import LANGUAGES
from tests.documents import catalogue

GAP = 12
GREY = (110, 110, 110)


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["documents"] and len(arguments) <= 2 and not arguments[-1].startswith("-"):
        folder = Path(arguments[1] if len(arguments) == 2 else "var/catalogue")
        folder.mkdir(parents=True, exist_ok=True)
        files = catalogue.all_files()
        for (kind, language), content in files.items():
            (folder / f"{kind}.{language}.pdf").write_bytes(content)
        print(f"{len(files)} documents in {folder}")
        if shutil.which("pdftoppm"):
            for language in LANGUAGES:
                print(sheet(folder, language))
        return 0
    if arguments == ["golden"]:
        for (kind, language), content in catalogue.all_files().items():
            catalogue.golden(kind, language).write_text(catalogue.text_of(content), encoding="utf-8")
        print(f"Written to {catalogue.GOLDEN}; read the difference before committing it.")
        return 0
    asked = arguments[-1:] in (["--help"], ["-h"])
    print(
        "usage: scripts/catalogue documents [FOLDER] | golden", __doc__, sep="\n\n", file=None if asked else sys.stderr
    )
    return 0 if asked else 2


def sheet(folder: Path, language: str) -> Path:
    """One picture of all pages of a language, kind under kind."""
    rows = [list(pages(path)) for path in sorted(folder.glob(f"*.{language}.pdf"))]
    wide = max(sum(page.width + GAP for page in row) for row in rows) + GAP
    high = sum(max(page.height for page in row) + GAP for row in rows) + GAP
    whole, top = Image.new("RGB", (wide, high), GREY), GAP
    for row in rows:
        left = GAP
        for page in row:
            whole.paste(page, (left, top))
            left += page.width + GAP
        top += max(page.height for page in row) + GAP
    path = folder / f"sheet.{language}.png"
    whole.save(path)
    return path


def pages(path: Path) -> Iterator[Image.Image]:
    """The pages of a PDF as pictures of 50 dots an inch."""
    stem = path.with_suffix("")
    subprocess.run(["pdftoppm", "-r", "50", "-png", str(path), str(stem)], check=True)
    for picture in sorted(path.parent.glob(f"{stem.name}-*.png")):
        with Image.open(picture) as opened:
            yield opened.copy()
        picture.unlink()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
