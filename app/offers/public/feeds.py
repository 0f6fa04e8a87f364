"""The updates of an offer as an Atom feed (RFC 4287)."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from app.core.templates import paragraphs
from app.offers.models import Offer
from app.offers.public.sharing import address
from app.offers.public.updating import ShownUpdate

ATOM = "http://www.w3.org/2005/Atom"
register_namespace("", ATOM)


def feed(offer: Offer, title: str, updates: Sequence[ShownUpdate], organization: str) -> bytes:
    """The feed; its identity and its entries' are addresses that never change, a correction is a later `updated`."""
    root = Element(f"{{{ATOM}}}feed")
    here = address(offer.slug, "/updates.atom")
    _add(root, "id", here)
    _add(root, "title", title)
    _add(root, "updated", max([offer.created_at, *(each.latest.written_at for each in updates)]).isoformat())
    SubElement(root, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=here)
    SubElement(root, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=address(offer.slug))
    _add(SubElement(root, f"{{{ATOM}}}author"), "name", organization)
    for each in updates:
        entry = SubElement(root, f"{{{ATOM}}}entry")
        place = address(offer.slug, f"#update-{each.latest.number}")
        _add(entry, "id", place)
        _add(entry, "title", each.latest.title)
        _add(entry, "published", each.first.written_at.isoformat())
        _add(entry, "updated", each.latest.written_at.isoformat())
        SubElement(entry, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=place)
        _add(entry, "content", str(paragraphs(each.latest.text))).set("type", "html")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode").encode()


def _add(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = text
    return child
