"""The body of a detailed report's request, read as strictly as Toggl's Reports API v3 reads it."""

from dataclasses import dataclass
from datetime import date, timedelta
from json import JSONDecodeError, loads
from typing import TypeVar

from infra.local.toggl_door import refuse, refuse_value
from infra.local.wire import Ask, JsonObject, iso_date

LONGEST_SPAN = timedelta(days=366)
ORDERS = ("date", "user", "duration", "description", "last_update")
_DEFAULT_PAGE = 50
_ID_LISTS = ("user_ids", "project_ids", "client_ids", "task_ids", "tag_ids", "group_ids", "time_entry_ids")
# Where a null among the ids means "without any".
_MAY_BE_NONE = {"project_ids", "client_ids", "task_ids", "tag_ids"}

Ids = frozenset[int | None]
Choice = TypeVar("Choice", str, int)


@dataclass(frozen=True)
class Question:
    """Which entries a report is to hold, and in which order; None stands for all of them.

    Two requests with an equal question ask for pages of the same report. Days are local, both included.
    """

    first_day: date
    last_day: date
    ids: tuple[tuple[str, Ids], ...]
    description: str
    billable: bool | None
    shortest_seconds: int
    longest_seconds: int | None
    order: str
    descending: bool
    grouped: bool


@dataclass(frozen=True)
class Page:
    """Which rows of a report are asked for, and how they are to be told; row numbers count from 1."""

    first_row: int
    size: int
    has_id: bool
    has_timestamp: bool
    enriched: bool
    rounding: int
    rounding_minutes: int | None


def read_body(ask: Ask) -> JsonObject:
    """The request's body; anything but an object with something in it is refused."""
    try:
        body = loads(ask.body or b"{}")
    except (JSONDecodeError, UnicodeDecodeError):
        refuse(400, "JSON is not valid")
    if not isinstance(body, dict):
        refuse(400, "JSON is not valid")
    if not body:
        refuse(400, "At least one parameter must be set")
    return body


def read_question(body: JsonObject) -> Question:
    """What the body asks for; what cannot be read is refused."""
    first, last = iso_date(body.get("start_date")), iso_date(body.get("end_date"))
    if first is None:
        refuse_value("start_date", str(body.get("start_date")))
    if last is None or last < first:
        refuse_value("end_date", str(body.get("end_date")))
    return Question(
        first_day=first,
        last_day=last,
        ids=tuple((name, _ids(body, name)) for name in _ID_LISTS if body.get(name) is not None),
        description=_text(body, "description").lower(),
        billable=_flag(body, "billable") if body.get("billable") is not None else None,
        shortest_seconds=_number(body, "min_duration_seconds", 0) or 0,
        longest_seconds=_number(body, "max_duration_seconds", 0),
        order=_choice(body, "order_by", ORDERS),
        descending=_choice(body, "order_dir", ("DESC", "ASC")) == "DESC",
        grouped=_flag(body, "grouped"),
    )


def read_page(body: JsonObject) -> Page:
    """Which part of the report the body asks for; what cannot be read is refused."""
    for name in ("first_id", "first_timestamp"):
        _number(body, name, 0)
    for name in ("startTime", "endTime"):
        _text(body, name)
    _flag(body, "hide_amounts")
    return Page(
        first_row=_number(body, "first_row_number", 1) or 1,
        size=_number(body, "page_size", 1) or _DEFAULT_PAGE,
        has_id="first_id" in body,
        has_timestamp="first_timestamp" in body,
        enriched=_flag(body, "enrich_response"),
        rounding=_choice(body, "rounding", (1, 0, -1)),
        rounding_minutes=_number(body, "rounding_minutes", 0),
    )


def _ids(body: JsonObject, name: str) -> Ids:
    given = body[name]
    if not isinstance(given, list):
        refuse_value(name, str(given))
    for value in given:
        if not _is_whole(value) and not (value is None and name in _MAY_BE_NONE):
            refuse_value(name, str(given))
    return frozenset(given)


def _number(body: JsonObject, name: str, least: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or not _is_whole(value) or value < least:
        refuse_value(name, str(value))
    return value


def _flag(body: JsonObject, name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        refuse_value(name, str(value))
    return value


def _text(body: JsonObject, name: str) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str):
        refuse_value(name, str(value))
    return value


def _choice(body: JsonObject, name: str, allowed: tuple[Choice, ...]) -> Choice:
    """One of `allowed`, the first unless the body says another."""
    value = body.get(name, allowed[0])
    found = [choice for choice in allowed if value == choice and not isinstance(value, bool)]
    if not found:
        refuse(400, f"Invalid '{name}' value, allowed values are: '{', '.join(map(str, allowed))}'")
    return found[0]


def _is_whole(value: object) -> bool:
    """Whether a JSON value is a whole number; Python takes `true` for one."""
    return isinstance(value, int) and not isinstance(value, bool)
