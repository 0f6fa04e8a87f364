"""Typesetting, inside a renderer: tagged PDF/A-3 and PDF/UA-1 with the facts attached, the same bytes every time."""

import re
from ctypes import CDLL, c_char_p
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import Any, ClassVar

from app.core.settings import ROOT
from app.core.templates import render as render_template
from app.documents.renderer.fonts import fingerprint
from app.documents.renderer.parting import parted
from app.documents.rendering import canonical

_ORNAMENT = ROOT / "templates" / "documents" / "guilloche.svg"
_PDF_UA = (
    b'<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about="" '
    b'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    b'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b"<pdfuaid:part>1</pdfuaid:part><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType='Resource'>"
    b"<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType='Resource'>"
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


def written(template: str, facts: dict[str, Any], language: str, *, lines: int, digest: str) -> list[str]:
    """The page of a document as HTML, in parts of so many lines. `digest` identifies the document."""
    shown = {"digest": digest, "qr": _qr(facts["verify_at"])} if "verify_at" in facts else {"digest": digest}
    return parted(render_template(f"documents/{template}.html", language, **shown, **facts), lines)


def typeset(html: str, facts: dict[str, Any] | None, *, issued_at: datetime, digest: str) -> bytes:
    """The PDF of a page: a function of it, the facts that it carries, fonts and engine only."""
    from weasyprint import Attachment

    document = _laid_out(html)
    if facts is not None:
        document.metadata.attachments = [
            Attachment(
                string=canonical(facts),
                name="record.json",
                description="The facts of this document, for machines",
                relationship="Data",
                created=issued_at,
                modified=issued_at,
            )
        ]
    pdf: bytes = document.write_pdf(pdf_variant="pdf/a-3a", finisher=_finish, pdf_identifier=digest[:32].encode())
    return pdf


def pages_of(html: str) -> int:
    """How many sheets a page takes."""
    return len(_laid_out(html).pages)


def _laid_out(html: str) -> Any:
    from weasyprint import HTML

    fonts, sheet = _style()
    return HTML(string=html, url_fetcher=_fetches_nothing).render(
        stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/a-3a", cache={_ORNAMENT.as_uri(): _ornament()}
    )


@cache
def engine() -> str:
    """What decides the bytes besides facts and template: the versions of the engine, and the fonts."""
    names = ("weasyprint", "pydyf", "fonttools", "pikepdf")
    return ", ".join([*(f"{name} {version(name)}" for name in names), f"pango {_pango()}", f"fonts {fingerprint()}"])


def _pango() -> str:
    from weasyprint.text.ffi import harfbuzz_subset

    assert harfbuzz_subset is not None, "without libharfbuzz-subset the bytes differ from run to run"
    name = CDLL("libpango-1.0.so.0").pango_version_string
    name.restype = c_char_p
    return str(name().decode())


def _qr(address: str) -> dict[str, Any]:
    """A QR code as the path of an SVG picture; its mask is fixed, since to choose one takes most of the time."""
    import segno

    rows = list(segno.make(address, error="m", micro=False, mask=2).matrix_iter(border=0))
    path = "".join(f"M{x} {y}.5h1" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"size": len(rows), "path": path}


def _fetches_nothing(url: str, *_: Any, **__: Any) -> Any:
    """A document is all in its facts: nothing that a text in it names is ever read from a disk or a network."""
    raise ValueError(f"a document names {url[:100]}")


@cache
def _ornament() -> Any:
    """The ornament that our own style sheet names, drawn once a process: to draw it takes half of a certificate's time.

    It stands in a group of its own, so that the same operators are right on every page.
    """
    from xml.etree import ElementTree

    from weasyprint.images import SVGImage

    class Ornament(SVGImage):  # type: ignore[misc]  # the library declares no types
        """Keeps the operators of its first drawing at each size, and the states of transparency that they name."""

        drawn: ClassVar[dict[tuple[float, float], tuple[bytes, dict[str, Any]]]] = {}

        def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
            """Add the operators to the stream of a group of its own."""
            resources = stream._resources
            if (width, height) not in self.drawn:
                states: dict[str, Any] = {}  # apart, so that their order does not depend on the page
                stream._resources = {**resources, "ExtGState": states}
                super().draw(stream, width, height, style)
                stream._resources = resources
                parts = (each if isinstance(each, bytes) else each.encode() for each in stream.stream)
                self.drawn[width, height] = b"\n".join(parts), states
            operators, states = self.drawn[width, height]
            stream.stream[:] = [operators]
            resources["ExtGState"].update(states)

    tree = ElementTree.fromstring(_ORNAMENT.read_bytes())  # noqa: S314  (our own file)
    return Ornament(tree, _ORNAMENT.as_uri(), _fetches_nothing, None)


@cache
def _style() -> tuple[Any, Any]:
    """Fonts and style sheet, prepared once a process: a fresh configuration for each document leaks memory."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    path = ROOT / "templates" / "documents" / "document.css"
    return fonts, CSS(filename=str(path), font_config=fonts)


def _finish(document: Any, pdf: Any) -> None:
    if "AF" in pdf.catalog:
        files = pdf.catalog["AF"]
        files[:] = dict.fromkeys(files)  # the engine names each attachment twice
    _declare_accessible(pdf)


def _declare_accessible(pdf: Any) -> None:
    """Say PDF/UA-1 inside the one rdf:RDF that validators read; the documented way would add a second one."""
    reference = re.match(rb"\d+", bytes(pdf.catalog["Metadata"]))
    assert reference is not None, "an indirect reference begins with the object's number"
    stream = pdf.objects[int(reference.group())]
    stream.stream = [stream.stream[0].replace(b"</rdf:RDF>", _PDF_UA + b"</rdf:RDF>", 1)]
    stream.compress = False
