"""Reading XML that somebody sent: streamed, without document types, entities, networks or endless depth."""

from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from lxml import etree

from app.core.errors import N_
from app.reconciliation.reading.records import Unreadable

_CHUNK = 64 * 1024
_PROLOG_MAX = 1024 * 1024


class _Begun(Exception):
    """The first element begins."""


def elements(stream: IO[bytes], names: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """Events (`start` or `end`) and elements whose local name is one of some; errors become `Unreadable`.

    A document type is refused before libxml2 sees the file, so entities and bombs have no place to stand.
    """
    _refuse_document_type(stream)
    stream.seek(0)
    events = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=[f"{{*}}{name}" for name in sorted(names)],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from events
    except etree.XMLSyntaxError as error:
        raise Unreadable(error.lineno or 1, N_("the XML is broken ({detail})"), detail=_first(error.msg)) from None


def _refuse_document_type(stream: IO[bytes]) -> None:
    """Read up to the first element by expat, which calls before it believes anything."""
    parser = expat.ParserCreate()

    def refuse(*_: Any) -> None:
        raise Unreadable(parser.CurrentLineNumber, N_("it declares a document type, which no bank does"))

    def begun(*_: Any) -> None:
        raise _Begun

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begun
    read = 0
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
            read += len(chunk)
            if read > _PROLOG_MAX:
                raise Unreadable(1, N_("no element begins within the first megabyte"))
        parser.Parse(b"", True)
    except _Begun:
        return
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", 1)
        raise Unreadable(line, N_("the XML is broken ({detail})"), detail=_first(str(error))) from None


def _first(text: str | None) -> str:
    return (text or "").partition("\n")[0][:120]
