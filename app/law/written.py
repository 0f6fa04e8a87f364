"""Data written as JSON with its decimals as they are: a number that was exact stays exact on paper."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def as_json(data: Any, indent: int = 0) -> str:
    """JSON text of plain data, two spaces a level; decimals are written digit by digit, not through floats."""
    if isinstance(data, Decimal):
        return f"{data:f}"
    inner, outer = "  " * (indent + 1), "  " * indent
    if isinstance(data, Mapping) and data:
        lines = [f"{inner}{json.dumps(str(key))}: {as_json(value, indent + 1)}" for key, value in data.items()]
        return "{\n" + ",\n".join(lines) + f"\n{outer}}}"
    if isinstance(data, list | tuple) and data:
        return "[\n" + ",\n".join(inner + as_json(value, indent + 1) for value in data) + f"\n{outer}]"
    return json.dumps(data, ensure_ascii=False)
