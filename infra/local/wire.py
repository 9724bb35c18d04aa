"""What both stand-ins need to speak HTTP: a request taken apart, a refusal, and strict readers of parameters."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from json import dumps
from typing import Never

from starlette.datastructures import QueryParams
from starlette.responses import Response

JsonObject = dict[str, object]

_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Ask:
    """One request that has passed the door: the variables of its path, its query and its body."""

    path: Mapping[str, str]
    query: QueryParams
    body: bytes


Handler = Callable[[Ask], Response]


class RefusalError(Exception):
    """The service says no; `response` is what it sends."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__(response.status_code)


def json_response(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in compact JSON, characters as they are."""
    return Response(
        dumps(content, ensure_ascii=False, separators=(",", ":")),
        status,
        headers,
        "application/json; charset=utf-8",
    )


def rfc3339(text: str) -> datetime | None:
    """The aware UTC time that an RFC 3339 text with seconds and an offset says, or None when it is no such text."""
    if not _RFC_3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def iso_date(text: object) -> date | None:
    """The date that a `YYYY-MM-DD` text says, or None when it is no such text."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True)
class Parameters:
    """A query whose values are read strictly: what cannot be read goes to `refuse` as (name, value)."""

    query: QueryParams
    refuse: Callable[[str, str], Never]

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        text = self.query.get(name)
        if text is None:
            return default
        if not re.fullmatch(r"-?\d{1,18}", text) or not least <= int(text) <= most:
            self.refuse(name, text)
        return int(text)

    def boolean(self, name: str, *, default: bool) -> bool:
        """`true` or `false`."""
        text = self.query.get(name)
        if text is None:
            return default
        if text not in {"true", "false"}:
            self.refuse(name, text)
        return text == "true"

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of `allowed`."""
        text = self.query.get(name, default)
        if text not in allowed:
            self.refuse(name, text)
        return text
