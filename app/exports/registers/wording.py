"""Wording: which values of a register are words of ours, that people read in their language, and how they are said."""

from app.shares.desk.showing import act_titles

_OURS = frozenset(
    ("holder_type", "kind", "nature", "entry_basis", "cessation_basis", "acquisition_basis", "reason", "transferable",
     "votes", "office")
)  # fmt: skip


def words_of(column: str) -> dict[str, str] | None:
    """The messages for the values of a column that are not messages themselves; None where they are names or notes."""
    if column not in _OURS:
        return None
    return act_titles() if column == "nature" else {}
