"""Where in time an event lies, and of which series it is, as far as what Google or an older writer says of it tells."""

import re
from collections.abc import Iterable, Mapping
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

from tasks.raw import JsonValue, Span

# Whole days begin at midnight of a zone that only Google knows; near a window's bounds nothing is concluded.
MARGIN = timedelta(days=1)

# An occurrence's id ends in the start it was first meant for; what comes before may hold another such stamp.
_INSTANCE = re.compile(r"(?P<series>.+)_\d{8}(T\d{6}Z)?")

Event = Mapping[str, JsonValue]


def place_of(event: Event) -> Span | None:
    """Where the event lies, whole days at midnight UTC; None when it does not say so in earnest, as stubs do not.

    An end that is missing, or that precedes the start, counts as the start.
    """
    start, end = _moment(event.get("start")), _moment(event.get("end"))
    return None if start is None else Span(start, max(start, end or start))


def series_of(event: Event) -> str | None:
    """The id of the series that the event is an occurrence of; None for a single event.

    Where it is not named, as in some stubs, the event's id tells.
    """
    if isinstance(series := event.get("recurringEventId"), str):
        return series
    instance = _INSTANCE.fullmatch(str(event.get("id")))
    return instance["series"] if instance else None


def is_surely_told(place: Span | None, window: Span) -> bool:
    """Whether a full listing of the window must tell of a live event at this place."""
    return place is not None and place.end > window.start + MARGIN and place.start < window.end - MARGIN


def widened(window: Span, places: Iterable[Span]) -> Span:
    """The window, made so wide that all these places lie surely inside."""
    for place in places:
        start, end = min(window.start, place.start - 2 * MARGIN), max(window.end, place.end + 2 * MARGIN)
        window = Span(start, end)
    return window


def _moment(bound: JsonValue) -> datetime | None:
    text = (bound.get("dateTime") or bound.get("date")) if isinstance(bound, dict) else None
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        moment = moment and (moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
    # No margin can be added at the ends of what a datetime holds.
    return moment if moment and MINYEAR < moment.year < MAXYEAR else None
