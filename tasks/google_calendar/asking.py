"""What has become of stored events that a listing lacks: Google is asked, in few requests even for hundreds of them.

A single event is asked for by its id. Occurrences are asked for by their series: if that is gone, so are they. If it
lives, its own listing is read where they lay, and its exceptions wherever they lie now; what is in neither has left the
series, for which one of them, asked for by its id, must vouch.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping

from tasks.google_calendar.client import CalendarClient
from tasks.google_calendar.places import series_of, widened
from tasks.google_calendar.stored import StoredEvent
from tasks.raw import JsonObject

ASKED_ONE_BY_ONE = 10


def ask_for(
    client: CalendarClient, calendar_id: str, events: Mapping[str, StoredEvent], living_series: Collection[str]
) -> dict[str, JsonObject]:
    """What Google says, by id, of these stored events and of others of their series; those not in it are gone.

    Series in `living_series` are known to live.
    """
    by_series: defaultdict[str | None, dict[str, StoredEvent]] = defaultdict(dict)
    for event_id, event in events.items():
        by_series[event.series][event_id] = event
    found = _one_by_one(client, calendar_id, by_series.pop(None, {}))
    for series, occurrences in by_series.items():
        if series in living_series or client.event(calendar_id, str(series)) is not None:
            found |= _occurrences(client, calendar_id, occurrences)
    return found


def _occurrences(
    client: CalendarClient, calendar_id: str, occurrences: Mapping[str, StoredEvent]
) -> dict[str, JsonObject]:
    """What Google says of the occurrences of one series, which lives."""
    series = next(iter(occurrences.values())).series
    uid = next((each.ical_uid for each in occurrences.values() if each.ical_uid), None)
    places = [each.place for each in occurrences.values() if each.place is not None]
    if len(occurrences) == 1 or uid is None or not places:
        return _one_by_one(client, calendar_id, occurrences)
    listing = client.events(calendar_id, widened(places[0], places), uid)
    found = {str(event["id"]): event for event in listing.items if series_of(event) == series}
    rest = occurrences.keys() - found.keys()
    if len(rest) > ASKED_ONE_BY_ONE:
        exceptions = {str(event["id"]): event for event in client.exceptions(calendar_id, uid)}
        found |= {event_id: exceptions[event_id] for event_id in rest & exceptions.keys()}
        rest -= exceptions.keys()
    if len(rest) > ASKED_ONE_BY_ONE and client.event(calendar_id, min(rest)) is None:
        return found
    return found | _one_by_one(client, calendar_id, rest)


def _one_by_one(client: CalendarClient, calendar_id: str, event_ids: Collection[str]) -> dict[str, JsonObject]:
    """Those of the events that still exist, wherever they lie."""
    answers = {event_id: client.event(calendar_id, event_id) for event_id in sorted(event_ids)}
    return {event_id: event for event_id, event in answers.items() if event is not None}
