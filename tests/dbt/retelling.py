"""Tells the raw layer what the second opinion is told: a life, as the syncs would have stored it."""

from random import Random

from tests.dbt.oracle.life import Entry, Life, Version
from tests.dbt.raw_rows import Known, RawRows, invited


def raw_rows(life: Life, random: Random) -> RawRows:
    """The rows of a life; chance says which of Toggl's services an entry came by, and which writer stored an event."""
    raw = RawRows(life.zone, seen_at=life.now)
    for client in life.clients:
        raw.client(client.client_id, client.name)
    for project in life.projects:
        deleted = life.now if project.is_deleted else None
        raw.project(
            project.project_id,
            project.name,
            project.color,
            project.client_id,
            active=project.is_active,
            deleted=deleted,
        )
    for entry in life.entries:
        _tell_entry(raw, entry, life, random)
    for version in life.versions:
        _tell_version(raw, version, is_stamped=random.random() < 0.8)
    for listing in life.listings:
        buried = listing.seen_at if listing.is_tombstone else None
        known = Known(listing.seen_at, listing.superseded_at)
        dropped = listing.is_deleted
        raw.calendar(listing.calendar_id, listing.name, deleted=buried, is_dropped=dropped, known=known)
    for stretch in life.coverage:
        raw.coverage(stretch.calendar_id, stretch.start, stretch.stop, stretch.known_at)
    for source in life.sources:
        raw.source(source.name, source.as_of, configured=source.is_configured)
    for holiday in life.holidays:
        raw.holiday("JP", holiday.isoformat(), "Holiday", "祝日")
    return raw


def _tell_entry(raw: RawRows, entry: Entry, life: Life, random: Random) -> None:
    deleted = life.now if entry.is_deleted else None
    way = random.choice(["track", "track", "reports", "both"])
    if entry.stop is None or way != "reports":
        raw.entry(entry.entry_id, entry.start, entry.stop, entry.project_id, description=entry.title, deleted=deleted)
    if entry.stop is not None and way != "track":
        raw.reported_entry(
            entry.entry_id,
            entry.start,
            entry.stop,
            entry.project_id,
            description=entry.title or "",
            deleted=deleted,
        )


def _tell_version(raw: RawRows, version: Version, *, is_stamped: bool) -> None:
    event = version.event
    known = Known(version.seen_at, version.superseded_at, is_stamped)
    buried = version.seen_at if version.is_tombstone else None
    more: dict[str, object] = {"eventType": event.event_type}
    more |= {"colorId": event.color_id} if event.color_id else {}
    more |= {"status": "cancelled"} if event.is_cancelled else {}
    more |= {"transparency": "transparent"} if event.is_transparent else {}
    more |= {"attendees": invited("declined")} if event.is_declined else {}
    more |= {"visibility": event.visibility} if event.visibility else {}
    if event.is_timed:
        raw.event(
            event.event_id,
            event.title,
            event.start_at,
            event.stop_at,
            event.calendar_id,
            deleted=buried,
            known=known,
            **more,
        )
    else:
        first, day_after = event.start.isoformat(), event.stop.isoformat()
        raw.whole_days(
            event.event_id, event.title, first, day_after, event.calendar_id, deleted=buried, known=known, **more
        )
