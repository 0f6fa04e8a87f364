"""Parameters of a request: forms parsed into nested values and checked against the types of the installed package."""

import re
import sys
import types
import typing
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import stripe.params
import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_context import StripeContext

from app.stripedouble.errors import Thing, invalid

Check = Callable[[Any, str], Any]
FIELDS_MAX = 1000
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_INTEGER = re.compile(r"-?\d{1,19}")
_OPTIONS = frozenset(typing.get_type_hints(RequestOptions, globalns={**vars(typing), "StripeContext": StripeContext}))


def parse(text: str) -> Thing:
    """`a[b][0][c]=1` as `{"a": {"b": {"0": {"c": "1"}}}}`: lists stay dicts of numbers until a type says otherwise."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX)
    except ValueError:
        raise invalid("The request holds too many parameters.") from None
    found: Thing = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        if match is None:
            raise invalid(f"Invalid parameter name: {name[:80]}")
        if not match[2]:
            found[name] = value
            continue
        node, path = found, [match[1], *_PART.findall(match[2])]
        for part in path[:-1]:
            node = node.setdefault(part or str(len(node)), {})
            if not isinstance(node, dict):
                raise invalid(f"Invalid parameter: {name[:80]}", param=match[1])
        node[path[-1] or str(len(node))] = value
    return found


def params_class(name: str) -> type:
    """The typed dictionary of a name such as `checkout.SessionCreateParams`."""
    place: Any = stripe.params
    for part in name.split("."):
        place = getattr(place, part)
    return typing.cast(type, place)


@cache
def fields(cls: type) -> tuple[dict[str, Check], frozenset[str]]:
    """The check of each parameter of a typed dictionary, and the names of those that must be there."""
    module = sys.modules[cls.__module__]
    names = {**vars(typing_extensions), **vars(typing), "StripeContext": StripeContext, **vars(module)}
    hints = typing.get_type_hints(cls, globalns=names)
    required: frozenset[str] = getattr(cls, "__required_keys__", frozenset())
    options = _OPTIONS if hints.keys() >= _OPTIONS else frozenset()  # of the client, never sent
    checks = {name: check_of(hint) for name, hint in hints.items() if name not in options}
    return checks, frozenset(required) & checks.keys()


def checked(cls: type, value: Thing, path: str = "") -> Thing:
    """The parameters with their types, or the 400 that Stripe would answer."""
    checks, required = fields(cls)
    unknown = [_join(path, name) for name in value if name not in checks]
    if unknown:
        said = f"Received unknown parameter{'s' if len(unknown) > 1 else ''}: {', '.join(unknown)}"
        raise invalid(said, unknown[0], "parameter_unknown")
    for name in sorted(required - value.keys()):
        raise invalid(f"Missing required param: {_join(path, name)}.", _join(path, name), "parameter_missing")
    return {name: checks[name](each, _join(path, name)) for name, each in value.items()}


def _join(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def check_of(hint: Any) -> Check:
    """The check for one type; a union is judged by the shape of what came."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing_extensions.NotRequired, typing_extensions.Required):
        return check_of(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return _union([each for each in arguments if each is not type(None)])
    if origin in (typing.Literal, typing_extensions.Literal):
        return _literal(frozenset(arguments))
    if origin is list:
        return _list(check_of(arguments[0]))
    if origin is dict or getattr(origin or hint, "__name__", "") == "UntypedStripeObject":
        return _mapping
    if typing_extensions.is_typeddict(hint):
        return lambda value, path: checked(hint, _as_mapping(value, path), path)
    return {int: _integer, bool: _boolean, float: _number, Decimal: _number, str: _string}.get(hint, _anything)


def _union(choices: list[Any]) -> Check:
    literals = [
        value for each in choices if typing.get_origin(each) is typing.Literal for value in typing.get_args(each)
    ]
    plain = [each for each in choices if typing.get_origin(each) is not typing.Literal]
    deep = [check_of(each) for each in plain if typing.get_origin(each) or typing_extensions.is_typeddict(each)]
    flat = [each for each in plain if each in (int, bool, float, Decimal, str)]
    open_text = str in flat and not any(literals)  # `Literal["…"] | str` lists what exists; `"" | str` is any text

    def check(value: Any, path: str) -> Any:
        if isinstance(value, dict) and deep:
            return deep[0](value, path)
        if isinstance(value, str) and value in literals:
            return value
        for each in flat:
            if each is not str:
                return check_of(each)(value, path)
        if open_text:
            return _text(value, path)
        if literals and any(literals):
            return _literal(frozenset(literals))(value, path)
        return deep[0](value, path) if deep else _text(value, path)

    return check


def _literal(values: frozenset[Any]) -> Check:
    listed = ", ".join(sorted(map(str, values)))

    def check(value: Any, path: str) -> Any:
        if not isinstance(value, str) or value not in values:
            raise invalid(f"Invalid {path}: must be one of {listed[:600]}", path)
        return value

    return check


def _list(item: Check) -> Check:
    def check(value: Any, path: str) -> list[Any]:
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise invalid("Invalid array", path)
        return [item(value[key], f"{path}[{key}]") for key in sorted(value, key=int)]

    return check


def _as_mapping(value: Any, path: str) -> Thing:
    if not isinstance(value, dict):
        raise invalid("Invalid object", path)
    return value


def _mapping(value: Any, path: str) -> Thing:
    found = _as_mapping(value, path)
    for name, each in found.items():
        if path == "metadata" or path.endswith("[metadata]"):
            _metadatum(name, each, path, len(found))
    return found


def _metadatum(name: str, value: Any, path: str, count: int) -> None:
    if not isinstance(value, str):
        raise invalid("Metadata values must be strings.", f"{path}[{name}]")
    if count > 50:
        raise invalid("Metadata can hold at most 50 keys.", path)
    if len(name) > 40 or len(value) > 500:
        what = "keys can be up to 40" if len(name) > 40 else "values can have up to 500"
        raise invalid(f"Metadata {what} characters long.", f"{path}[{name}]")


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise invalid("Invalid string", path)
    if len(value) > 5000:
        raise invalid(f"Invalid string: {value[:10]}…; must be at most 5000 characters", path)
    return value


def _string(value: Any, path: str) -> str:
    if value == "":
        said = (
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty "
            "value."
        )
        raise invalid(said, path, "parameter_invalid_empty")
    return _text(value, path)


def _integer(value: Any, path: str) -> int:
    if not isinstance(value, str) or not _INTEGER.fullmatch(value):
        raise invalid(f"Invalid integer: {value}", path, "parameter_invalid_integer")
    return int(value)


def _boolean(value: Any, path: str) -> bool:
    if value not in ("true", "false"):
        raise invalid(f"Invalid boolean: {value}", path)
    return bool(value == "true")


def _number(value: Any, path: str) -> str:
    try:
        Decimal(_text(value, path))
    except InvalidOperation:
        raise invalid(f"Invalid decimal: {value}", path) from None
    return _text(value, path)


def _anything(value: Any, path: str) -> Any:
    return value
