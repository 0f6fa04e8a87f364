"""The catalogue: every kind of document in every language as files, and the golden texts that they are held against."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pypdf import PdfReader

from app.core.language import LANGUAGES
from app.documents.kinds import all_kinds
from tests.documents.samples import rendered

GOLDEN = Path(__file__).parent / "golden"
ALL = [(kind, language) for kind in all_kinds() for language in LANGUAGES]


def all_files() -> dict[tuple[str, str], bytes]:
    """Every sample rendered, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ALL, pool.map(lambda of: rendered(*of), ALL), strict=True))


def golden(kind: str, language: str) -> Path:
    """Where the expected text of a kind lies."""
    return GOLDEN / f"{kind}.{language}.txt"


def text_of(content: bytes) -> str:
    """What a PDF says, page by page; hashes are left out, since they change with every fact."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    lines = [
        re.sub(r"\b[0-9a-f]{16,64}\b", "…", " ".join(line.split()))
        for page in pages
        for line in [*page.split("\n"), "\f"]
    ]
    return "\n".join(line for line in lines if line).replace("\f", "---") + "\n"
