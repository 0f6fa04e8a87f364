"""Likeness: how alike two records of persons are, as points with reasons, and the keys by which like ones are found.

Pure: the same for both orders, blind to case, accents and the order of a name's words.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from unicodedata import combining, normalize

from app.core.errors import N_

CANDIDATE_POINTS = 50
"""From so many points on, two records are shown to people as perhaps one."""

_LETTERS = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe"})
_WORD = re.compile(r"\w+")


class Reason(StrEnum):
    """Why two records may, or may not, be one person."""

    SAME_NAME = N_("the same name")
    SIMILAR_NAME = N_("a similar name")
    SAME_ADDRESS = N_("the same address")
    SAME_POSTAL_CODE = N_("the same postal code")
    SAME_BIRTH_DATE = N_("the same birth date")
    OTHER_BIRTH_DATE = N_("another birth date")
    SAME_MAILBOX = N_("the same mailbox")
    SAME_PHONE = N_("the same telephone number")
    SAME_REGISTRATION = N_("the same registration number")


POINTS = {
    Reason.SAME_NAME: 40,
    Reason.SIMILAR_NAME: 25,
    Reason.SAME_ADDRESS: 30,
    Reason.SAME_POSTAL_CODE: 10,
    Reason.SAME_BIRTH_DATE: 35,
    Reason.OTHER_BIRTH_DATE: -60,
    Reason.SAME_MAILBOX: 40,
    Reason.SAME_PHONE: 15,
    Reason.SAME_REGISTRATION: 60,
}


@dataclass(frozen=True)
class Traits:
    """What is compared of a record, as it is written; `born` is the blind index of a birth date."""

    name: str
    street: str = ""
    postal_code: str = ""
    country: str = ""
    email: str = ""
    registration_number: str = ""
    phones: frozenset[str] = field(default_factory=frozenset)
    born: bytes | None = None
    kind: str = "person"


@dataclass(frozen=True)
class Likeness:
    """How alike two records are, with every reason."""

    points: int
    reasons: tuple[Reason, ...]

    @property
    def is_candidate(self) -> bool:
        """Whether people should look at the two."""
        return self.points >= CANDIDATE_POINTS


def one_name(recorded: str, shown: str) -> bool:
    """Whether a document's name is the recorded one: the same words in any order.

    One of the two may leave some out, such as second names, but not the last recorded word, and has at least two.
    """
    ours, theirs = words(recorded), words(shown)
    common = set(ours) & set(theirs)
    if set(ours) == set(theirs):
        return bool(ours)
    return common in (set(ours), set(theirs)) and len(common) >= 2 and ours[-1] in common


def words(text: str) -> list[str]:
    """The words of a name or address without case, accents and punctuation, in order."""
    plain = "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))
    return _WORD.findall(normalize("NFKD", plain.translate(_LETTERS)).casefold())


def mailbox(email: str) -> str:
    """An address as most providers deliver it: lower case, no +tag, no dots before the @."""
    local, at, domain = email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}{at}{domain}" if local else ""


def likeness(one: Traits, other: Traits) -> Likeness:
    """Compare two records; their order makes no difference. A company is never the person who runs it."""
    if one.kind != other.kind:
        return Likeness(0, ())
    found = [reason for reason in (_name(one, other), _place(one, other), _birth(one, other)) if reason]
    if mailbox(one.email) and mailbox(one.email) == mailbox(other.email):
        found.append(Reason.SAME_MAILBOX)
    if one.phones & other.phones:
        found.append(Reason.SAME_PHONE)
    if words(one.registration_number) and words(one.registration_number) == words(other.registration_number):
        found.append(Reason.SAME_REGISTRATION)
    return Likeness(sum(POINTS[reason] for reason in found), tuple(found))


def keys_of(traits: Traits) -> frozenset[str]:
    """The keys under which a record is kept: whoever is a candidate for it shares at least one that `sought` gives."""
    tokens = words(traits.name)
    return frozenset({f"word:{token}" for token in tokens}) | sought(traits)


def sought(traits: Traits) -> frozenset[str]:
    """The keys that tell like records apart from the many that share a mere word."""
    tokens, place = words(traits.name), _postal(traits)
    keys = {f"name:{' '.join(sorted(tokens))}"} if tokens else set()
    if place:
        keys |= {f"part:{place}:{token}" for token in tokens if len(token) > 2}
        keys |= {f"address:{place}:{' '.join(words(traits.street))}"} if words(traits.street) else set()
    if traits.email:
        keys |= {f"mail:{traits.email.casefold()}", f"box:{mailbox(traits.email)}"}
    keys |= {f"phone:{phone}" for phone in traits.phones}
    keys |= {f"born:{traits.born.hex()}"} if traits.born else set()
    keys |= {f"number:{' '.join(words(traits.registration_number))}"} if words(traits.registration_number) else set()
    return frozenset(keys)


def _name(one: Traits, other: Traits) -> Reason | None:
    mine, theirs = sorted(words(one.name)), sorted(words(other.name))
    if not mine or not theirs:
        return None
    if mine == theirs:
        return Reason.SAME_NAME
    few, many = sorted((set(mine), set(theirs)), key=len)
    if (len(few) > 1 and few < many) or _one_word_misspelt(mine, theirs):
        return Reason.SIMILAR_NAME
    return None


def _one_word_misspelt(mine: list[str], theirs: list[str]) -> bool:
    only_mine, only_theirs = set(mine) - set(theirs), set(theirs) - set(mine)
    if len(only_mine) != 1 or len(only_theirs) != 1 or not set(mine) & set(theirs):
        return False
    return _one_apart(*sorted((only_mine.pop(), only_theirs.pop()), key=len))


def _one_apart(short: str, long: str) -> bool:
    """Whether one letter changed, left out, or two neighbours swapped make one word the other."""
    if len(short) < 4 or len(long) - len(short) > 1:
        return False
    if len(short) < len(long):
        return any(short == long[:at] + long[at + 1 :] for at in range(len(long)))
    wrong = [at for at in range(len(long)) if short[at] != long[at]]
    if len(wrong) == 2 and wrong[1] == wrong[0] + 1:
        return short[wrong[0]] == long[wrong[1]] and short[wrong[1]] == long[wrong[0]]
    return len(wrong) == 1


def _place(one: Traits, other: Traits) -> Reason | None:
    if not _postal(one) or _postal(one) != _postal(other):
        return None
    same = bool(words(one.street)) and words(one.street) == words(other.street)
    return Reason.SAME_ADDRESS if same else Reason.SAME_POSTAL_CODE


def _postal(traits: Traits) -> str:
    code = "".join(words(traits.postal_code))
    return f"{traits.country}-{code}" if code else ""


def _birth(one: Traits, other: Traits) -> Reason | None:
    if one.born is None or other.born is None:
        return None
    return Reason.SAME_BIRTH_DATE if one.born == other.born else Reason.OTHER_BIRTH_DATE
