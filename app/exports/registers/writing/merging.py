"""Merging the parts of a long PDF into one file that keeps its tags: pages, structure and attachments in order."""

from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Array, Name, Pdf


def merge(parts: list[Path], file: BinaryIO) -> None:
    """Write all parts as one; the first gives metadata and colours, each adds its pages, structure and files."""
    with Pdf.open(parts[0]) as whole:
        for path in parts[1:]:
            with Pdf.open(path) as part:
                _append(whole, part)
        whole.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)


def page_count(path: Path) -> int:
    """How many pages a PDF has."""
    with Pdf.open(path) as pdf:
        return len(pdf.pages)


def _append(whole: Pdf, part: Pdf) -> None:
    root: Any = whole.Root.StructTreeRoot
    numbers: Any = root.ParentTree.Nums
    shift = 1 + max((int(numbers[place]) for place in range(0, len(numbers), 2)), default=-1)
    before = len(whole.pages)
    for page in part.pages:  # numbered anew before they are copied, so that no key is there twice
        if Name.StructParents in page:
            page.obj.StructParents = int(page.obj.StructParents) + shift
    whole.pages.extend(part.pages)
    assert len(whole.pages) == before + len(part.pages)
    copied: Any = whole.copy_foreign(part.Root.StructTreeRoot)
    for kid in copied.K if isinstance(copied.K, Array) else [copied.K]:
        kid.P = root
        _kids(whole, root).append(kid)
    more = copied.ParentTree.Nums
    for place in range(0, len(more), 2):
        numbers.append(int(more[place]) + shift)
        numbers.append(more[place + 1])
    _attach(whole, part)


def _kids(whole: Pdf, root: Any) -> Any:
    if not isinstance(root.K, Array):
        root.K = Array([root.K])
    return root.K


def _attach(whole: Pdf, part: Pdf) -> None:
    for spec in part.Root.AF:
        copied = whole.copy_foreign(spec)
        number = len(whole.Root.AF) + 1
        name = f"record-{number}.json"
        copied.F, copied.UF = name, name
        whole.Root.AF.append(copied)
        names = whole.Root.Names.EmbeddedFiles.Names
        names.append(pikepdf.String(name))
        names.append(copied)
