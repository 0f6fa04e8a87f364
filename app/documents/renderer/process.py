"""A renderer process: does what its one pipe asks, within its memory, and ends when the pipe does.

It is started as `python -m app.documents.renderer.process` and knows neither database nor keys.
"""

import os
import resource
import sys
import tempfile
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from app.documents.renderer.fonts import configuration
from app.documents.renderer.frames import Ended, joined, pieces, read_frame, write_frame
from app.documents.renderer.parting import paged

OUT_OF_MEMORY = 3
"""The exit status of a renderer that needed more memory than it may take."""
Answer = tuple[dict[str, Any], bytes]


def typeset(said: dict[str, Any], content: bytes) -> Answer:
    """The PDF of facts; of a long document the pages of its parts instead, which are set one by one."""
    from app.documents.renderer.typesetting import engine, typeset, written

    pages = written(said["template"], said["facts"], said["language"], lines=said["lines"], digest=said["digest"])
    if len(pages) > 1:
        return joined([page.encode() for page in pages])
    issued_at = datetime.fromisoformat(said["issued_at"])
    pdf = typeset(pages[0], said["facts"], issued_at=issued_at, digest=said["digest"])
    return {"engine": engine()}, pdf


def count_whole(said: dict[str, Any], content: bytes) -> Answer:
    """How many sheets a document takes that is set as one."""
    from app.documents.renderer.typesetting import pages_of, written

    (page,) = written(said["template"], said["facts"], said["language"], lines=said["lines"], digest=said["digest"])
    return {"pages": pages_of(page)}, b""


def count(said: dict[str, Any], content: bytes) -> Answer:
    """How many sheets a part takes."""
    from app.documents.renderer.typesetting import pages_of

    return {"pages": pages_of(paged(content.decode(), said["number"], 1, 0))}, b""


def typeset_part(said: dict[str, Any], content: bytes) -> Answer:
    """The PDF of a part; the first one carries the facts."""
    from app.documents.renderer.typesetting import engine, typeset

    html = paged(content.decode(), said["number"], said["first_page"], said["pages"])
    issued_at = datetime.fromisoformat(said["issued_at"])
    return {"engine": engine()}, typeset(html, said.get("facts"), issued_at=issued_at, digest=said["digest"])


def merge(said: dict[str, Any], content: bytes) -> Answer:
    """The parts as one PDF."""
    from app.documents.renderer.merging import merged

    return {}, merged(pieces(said, content))


def examine(said: dict[str, Any], content: bytes) -> Answer:
    """What a PDF that somebody brings says of itself."""
    from app.documents.seals.examining import examine

    return examine(content, [b64decode(each) for each in said["roots"]]), b""


ACTS: dict[str, Callable[[dict[str, Any], bytes], Answer]] = {
    "typeset": typeset,
    "count": count,
    "count whole": count_whole,
    "typeset part": typeset_part,
    "merge": merge,
    "examine": examine,
}


def main() -> None:
    """Answer each frame until nobody asks any more."""
    asked, told = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # whatever a library prints goes to the log, never between the frames
    os.environ["FONTCONFIG_FILE"] = _configured_fonts()
    most = int(os.environ["COSTAKE_RENDERER_MB"]) << 20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    while True:
        try:
            said, content = read_frame(asked)
        except Ended:
            return
        try:
            answer, result = ACTS[said["act"]](said, content)
        except MemoryError:
            raise
        except Exception as error:
            answer, result = {"failed": f"{type(error).__name__}: {error}"[:2_000]}, b""
        write_frame(told, answer, result)


def _configured_fonts() -> str:
    path = Path(tempfile.mkdtemp(prefix="costake-fonts-")) / "fonts.conf"
    path.write_text(configuration())
    return str(path)


if __name__ == "__main__":
    try:
        main()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # nothing can be said any more
    sys.exit(0)
