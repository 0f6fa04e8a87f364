"""The last part of a file of ballots: the candidates' names, perhaps with their parties, and the title."""

import re

from app.ballots.counting.refusals import BadName, WrongNumberOfNames

_QUOTED = re.compile(r'\s*"((?:[^"\\]|\\.|"")*)"(?=\s|#|,|;|$)[,;]?')
_ESCAPED = re.compile(r'\\(["\\])|""')


def read_names(lines: list[str], first: int, candidates: int) -> tuple[tuple[str, ...], str]:
    """The names in order of the candidates' numbers, and the title ("" when there is none).

    `lines` are those after the 0 that ends the ballots; `first` is the number of the first of them in the file.
    """
    said = [strings for number, line in enumerate(lines, start=first) if (strings := _strings(line, number))]
    if _has_parties(said, candidates):
        names = [f"{name} ({party})" if party else name for name, party in said[:candidates]]
        rest = [string for strings in said[candidates:] for string in strings]
    else:
        flat = [string for strings in said for string in strings]
        names, rest = flat[:candidates], flat[candidates:]
    if len(names) != candidates or len(rest) > 3:  # after the title some programs write a source and a comment
        raise WrongNumberOfNames(found=len(names) + max(len(rest) - 1, 0), candidates=candidates)
    return tuple(names), rest[0] if rest else ""


def _has_parties(said: list[list[str]], candidates: int) -> bool:
    """Whether each candidate has a line with two strings: the name, then the party."""
    return (
        len(said) >= candidates
        and all(len(strings) == 2 for strings in said[:candidates])
        and all(len(strings) == 1 for strings in said[candidates:])
    )


def _strings(line: str, number: int) -> list[str]:
    """The strings of a line; a line without quotes is one string, and so is a quoted one with stray quotes inside."""
    strings, at = [], 0
    while found := _QUOTED.match(line, at):
        strings.append(_plain(found[1]))
        at = found.end()
    rest = line[at:].strip()
    if not rest or rest.startswith("#"):
        return strings
    if strings or '"' in rest:
        whole = line.strip()
        if not strings and len(whole) > 2 and whole[0] == whole[-1] == '"':
            return [whole[1:-1].strip()]
        raise BadName(line=number, said=whole[:80])
    bare = rest.partition("#")[0].strip()
    if re.fullmatch(r"[-0-9=.\s]+", bare):  # a ballot after the end of the ballots, not a name
        raise BadName(line=number, said=bare[:80])
    return [bare]


def _plain(quoted: str) -> str:
    return _ESCAPED.sub(lambda found: found[1] or '"', quoted).strip()
