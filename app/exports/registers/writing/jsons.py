"""JSON: one object with the question and its lines, written line by line."""

import json
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.exports.registers.asking import AT_ONCE, Progress, Wanted, rows


def write_json(session: Session, wanted: Wanted, file: BinaryIO, progress: Progress = lambda done: None) -> int:
    """Write `{register, profile, as_of, known_at, lines}`; days in ISO 8601, amounts as exact text. How many lines."""
    names = [column.name for column in wanted.columns]
    head = {
        "register": wanted.register,
        "profile": wanted.profile.name,
        "as_of": wanted.as_of.isoformat(),
        "known_at": wanted.known_at.isoformat() if wanted.known_at else None,
    }
    file.write((json.dumps(head)[:-1] + ', "lines": [').encode())
    lines = 0
    for row in rows(session, wanted):
        values = {name: "" if value is None else value for name, value in zip(names, row, strict=True)}
        said = json.dumps(values, ensure_ascii=False, default=str)
        file.write((("," if lines else "") + "\n" + said).encode())
        lines += 1
        if lines % AT_ONCE == 0:
            progress(lines)
    file.write(b"\n]}\n")
    return lines
