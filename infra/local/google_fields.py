"""Google's partial responses: the `fields` parameter, which keeps of an answer only what it names.

    only("nextPageToken,items(id,start/dateTime)", answer)

Source: Google Calendar API guide, "Improve performance", Partial response.
"""

import re
from typing import cast

from infra.local.wire import JsonObject

_TOKENS = re.compile(r"[A-Za-z0-9_]+|[,()/*]")
_Mask = dict[str, "_Mask"]


def only(fields: str, answer: JsonObject) -> JsonObject:
    """The part of `answer` that `fields` names; ValueError when it cannot be read."""
    tokens = _TOKENS.findall(fields)
    if not tokens or "".join(tokens) != fields:
        raise ValueError(fields)
    mask = _parse(tokens)
    if tokens:
        raise ValueError(fields)
    return cast("JsonObject", _apply(mask, answer))


def _parse(tokens: list[str]) -> _Mask:
    """Read `name[/name...][(mask)]` separated by commas off the front of `tokens`."""
    mask: _Mask = {}
    while True:
        below = mask
        while True:
            name = tokens.pop(0) if tokens else ","
            if name in {",", "(", ")", "/"}:
                raise ValueError(name)
            below = below.setdefault(name, {})
            if not tokens or tokens[0] != "/":
                break
            tokens.pop(0)
        if tokens and tokens[0] == "(":
            tokens.pop(0)
            below |= _parse(tokens)
            if not tokens or tokens.pop(0) != ")":
                raise ValueError(")")
        if not tokens or tokens[0] != ",":
            return mask
        tokens.pop(0)


def _apply(mask: _Mask, value: object) -> object:
    if not mask or "*" in mask:
        return value
    if isinstance(value, list):
        return [_apply(mask, item) for item in value]
    if isinstance(value, dict):
        return {name: _apply(mask[name], item) for name, item in value.items() if name in mask}
    return value
