"""Parting: the page of a long document is cut between the lines of its tables and lists, so that each part is short."""

import re

_MARKS = re.compile(r"<table[^>]*>|<tbody>|</tbody>|<[uo]l[^>]*>|</[uo]l>|<tr[ >]|<li[ >]")
_HEAD = re.compile(r'<header class="head"[^>]*>')


def parted(html: str, lines: int) -> list[str]:
    """The pages of one that our templates made, with so many lines each; one with fewer lines stays as it is.

    A table goes on under its heads, a list with its numbers; the running heads go on, what the first page alone
    shows does not. What people typed is escaped in it, so that every mark found is the template's own.
    """
    body = html.index("<body")
    opening, head = html[: html.index(">", body) + 1], _HEAD.search(html)
    assert head is not None, "every document has a head, whose words stand at each page's edges"
    going_on = opening + head.group().replace('"head"', '"head on"', 1) + "</header>"
    parts: list[str] = []
    begin, resumed, seen = 0, "", 0
    table, again, close, items = 0, "", "", 0
    for mark in _MARKS.finditer(html, head.end()):
        word = mark.group()
        if word.startswith("<table"):
            table = mark.start()
        elif word == "<tbody>":
            again, close = html[table : mark.end()], "</tbody></table>"
        elif word.startswith(("<ul", "<ol")):
            again, close, items = word, f"</{word[1:3]}>", 0
        elif word.startswith("</"):
            again = ""
        elif again:
            if seen == lines:
                parts.append(f"{resumed}{html[begin : mark.start()]}{close}</body></html>")
                begin, resumed, seen = mark.start(), going_on + _numbered(again, items), 0
            seen, items = seen + 1, items + 1
    return [*parts, resumed + html[begin:]]


def paged(html: str, number: int, first_page: int, pages: int) -> str:
    """The page of a part, with the number of its first page and of all pages of the document (0: not known yet)."""
    rules = f'@page {{ @bottom-right {{ content: string(page) " " counter(page) " " string(of) " {pages}"; }} }}'
    if number > 1:
        head = '@top-left { content: string(issuer) " · " string(title); }'
        rules += f"@page :first {{ margin-top: 20mm; counter-reset: page {first_page}; {head} }}"
    return html.replace("</head>", f"<style>{rules}</style></head>", 1)


def _numbered(again: str, items: int) -> str:
    return again.replace("<ol", f'<ol style="counter-reset: list-item {items}"', 1) if items else again
