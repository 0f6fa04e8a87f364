"""Long documents: cut between lines, set in parts, and merged into one that archives and reads aloud like others."""

import io
import re

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from outloud import check
from pypdf import PdfReader

from app.documents.renderer.parting import paged, parted
from tests.documents.samples import FACTS, rendered
from tests.documents.test_catalogue import descriptors, glyphs

HEAD = '<html><head></head><body class="wide"><header class="head" data-page="Page"><p>Costake</p></header>'
LAW = [
    ("tr", "<table><thead><tr><th>No.</th></tr></thead><tbody>{}</tbody></table>"),
    ("li", '<ol class="agenda">{}</ol>'),
]


@given(counts=st.lists(st.integers(0, 9), max_size=5), most=st.integers(1, 5))
def test_every_line_is_in_one_part_under_its_heads_and_no_part_is_longer(counts, most):
    lists, said = [], 0
    for place, count in enumerate(counts):
        tag, frame = LAW[place % 2]
        cell = "td" if tag == "tr" else "span"
        lists.append(frame.format("".join(f"<{tag}><{cell}>{said + at}</{cell}></{tag}>" for at in range(count))))
        said += count
    parts = parted(HEAD + "<h2>List</h2>".join(lists) + "</body></html>", most)
    assert [int(found) for part in parts for found in re.findall(r">(\d+)<", part)] == list(range(said))
    assert len(parts) == max(1, -(-said // most))
    for number, part in enumerate(parts):
        assert len(re.findall(r">\d+<", part)) <= most
        assert part.count("<table>") == part.count("<thead>") == part.count("</table>")
        assert part.count("<ol") == part.count("</ol>")
        assert ("<p>Costake</p>" in part) == (number == 0) and part.count('data-page="Page"') == 1
        assert part.endswith("</body></html>")
    for resumed, first in re.findall(r"list-item (\d+)\"[^>]*><li><span>(\d+)", "".join(parts)):
        begins = [sum(counts[:place]) for place in range(len(counts)) if place % 2]
        assert int(first) - int(resumed) in begins


def test_a_part_that_goes_on_has_the_number_of_its_first_sheet():
    assert "counter-reset: page 12" in paged(HEAD, 2, 12, 30) and '" 30"' in paged(HEAD, 2, 12, 30)
    assert "counter-reset" not in paged(HEAD, 1, 1, 30)


@pytest.mark.long
def test_a_long_list_is_one_document_with_numbered_sheets_tags_and_its_facts(tmp_path, monkeypatch):
    monkeypatch.setattr("app.documents.rendering.LINES", 20)
    line = FACTS["attendance-list"]["present"][0]
    present = [line | {"member_number": 10_000 + at, "legal_name": f"Zoé {at}"} for at in range(50)]
    content = rendered("attendance-list", "fr", present=present)
    said = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert all(f"Page {number} sur {len(said)}" in text for number, text in enumerate(said, 1))
    assert all("7K3M-9QXA-T2VW-D5" in text and "Cachet d'essai" in text for text in said)
    assert sum(text.count("Zoé ") for text in said) == 50
    path = tmp_path / "long.pdf"
    path.write_bytes(content)
    assert [each.message for each in check(str(path)).findings if each.severity == "error"] == []
    with pikepdf.open(path) as opened:
        [attached] = opened.attachments.values()
        assert attached.get_file().read_bytes().count("Zoé ".encode()) >= 50
        assert all(any(name in each for name in ("/FontFile2", "/FontFile3")) for each in descriptors(opened))
        assert all(glyph != 0 for page in opened.pages for glyph in glyphs(page))
        keys = [int(key) for key in list(opened.Root.StructTreeRoot.ParentTree.Nums)[::2]]
        assert len(set(keys)) == len(keys) and {int(page.StructParents) for page in opened.pages} <= set(keys)
        heads = [str(each.ID) for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/ID" in each]
        assert len(set(heads)) == len(heads)
        with opened.open_outline() as outline:
            [title] = outline.root
            assert len(title.children) >= 5
    assert rendered("attendance-list", "fr", present=present) == content
