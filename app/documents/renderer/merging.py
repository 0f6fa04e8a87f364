"""Merging the parts of a long PDF into one file that keeps its tags: pages, structure, outline and attachments."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from pikepdf import Array, Name, OutlineItem, Pdf, String


def merge(parts: Sequence[Path | BinaryIO], file: BinaryIO) -> None:
    """Write all parts as one; the first gives metadata and colours, each adds its pages, structure and files.

    The same parts give the same bytes.
    """
    with Pdf.open(parts[0]) as whole:
        for number, part in enumerate(parts[1:], 2):
            with Pdf.open(part) as opened:
                _append(whole, opened, number)
        whole.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)


def merged(parts: Sequence[bytes]) -> bytes:
    """All parts as one file."""
    file = BytesIO()
    merge([BytesIO(part) for part in parts], file)
    return file.getvalue()


def _append(whole: Pdf, part: Pdf, number: int) -> None:
    root: Any = whole.Root.StructTreeRoot
    numbers: Any = root.ParentTree.Nums
    shift = 1 + max((int(numbers[place]) for place in range(0, len(numbers), 2)), default=-1)
    before = len(whole.pages)
    _renumber(part, shift, number)
    whole.pages.extend(part.pages)
    assert len(whole.pages) == before + len(part.pages)
    copied: Any = whole.copy_foreign(part.Root.StructTreeRoot)
    for kid in copied.K if isinstance(copied.K, Array) else [copied.K]:
        kid.P = root
        _kids(root).append(kid)
    more = copied.ParentTree.Nums
    for place in range(0, len(more), 2):
        numbers.append(int(more[place]) + shift)
        numbers.append(more[place + 1])
    _outline(whole, part, before)
    _attach(whole, part)


def _renumber(part: Pdf, shift: int, number: int) -> None:
    """Give keys and names that are there once, before they are copied: of pages, of links, and of heads of tables."""
    for page in part.pages:
        if Name.StructParents in page:
            page.obj.StructParents = int(page.obj.StructParents) + shift
        for link in page.get(Name.Annots, ()):
            if Name.StructParent in link:
                link.StructParent = int(link.StructParent) + shift
    for each in part.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get(Name.S) in (Name.TH, Name.TD):
            if Name.ID in each:
                each.ID = String(f"{number}/{each.ID}")
            if Name.A in each and Name.Headers in each.A:
                each.A.Headers = Array([String(f"{number}/{head}") for head in each.A.Headers])


def _outline(whole: Pdf, part: Pdf, before: int) -> None:
    """Add the headings of a part below the last one that stands at the outermost level."""
    places = {page.obj.objgen: at for at, page in enumerate(part.pages)}
    with part.open_outline() as more:
        goals: list[tuple[str, Any]] = [(item.title, item.destination) for item in more.root]
        found = [(title, places[goal[0].objgen]) for title, goal in goals if goal]
    with whole.open_outline() as outline:
        kin = outline.root[-1].children if outline.root else outline.root
        kin.extend(OutlineItem(title, before + at) for title, at in found)


def _kids(root: Any) -> Any:
    if not isinstance(root.K, Array):
        root.K = Array([root.K])
    return root.K


def _attach(whole: Pdf, part: Pdf) -> None:
    for spec in part.Root.get(Name.AF, ()):
        copied = whole.copy_foreign(spec)
        name = f"record-{len(whole.Root.AF) + 1}.json"
        copied.F, copied.UF = name, name
        whole.Root.AF.append(copied)
        names = whole.Root.Names.EmbeddedFiles.Names
        names.append(String(name))
        names.append(copied)
