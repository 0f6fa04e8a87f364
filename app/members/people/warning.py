"""Warning: what people should know before two records become one, told by the rooms that know it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

Warner = Callable[[Session, int, int], list[str]]

_WARNERS: list[Warner] = []


def register_warner(warner: Warner) -> None:
    """Make known who tells of two records, by their ids, what speaks against merging them or must be mended after."""
    if warner not in _WARNERS:
        _WARNERS.append(warner)


def merge_warnings(session: Session, one_id: int, other_id: int) -> list[str]:
    """Everything to know before two records are merged, as messages or plain texts."""
    return [said for warner in _WARNERS for said in warner(session, one_id, other_id)]
