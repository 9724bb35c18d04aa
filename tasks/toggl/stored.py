"""What is stored of Toggl's time entries, from both of its APIs: of two rows of one entry the newer counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import LiteralString
from zoneinfo import ZoneInfo

import psycopg

from tasks.toggl.periods import Period
from tasks.toggl.reports import Scope


@dataclass(frozen=True)
class StoredEntry:
    """A live entry: the local day that it starts on, its length, and when Toggl last changed it (aware)."""

    id: str
    day: date
    seconds: int
    at: datetime | None
    finished: bool


@dataclass(frozen=True)
class StoredStamp:
    """What is known of an entry that a report tells of.

    `track_at` is the whole-second stamp of the Track API's row, if that lives. A tombstone is young while the reports
    may not have heard of the deletion.
    """

    track_at: datetime | None
    is_young_tombstone: bool
    is_old_tombstone: bool


# Reports give whole seconds where the Track API gives fractions. Rows that an older writer took from reports name no
# workspace; they belong to the only one, or, where there are several, to none that could be compared.
_STORED: LiteralString = """
with workspaces as (
    select count(*) as total from raw.toggl_track__workspaces where deleted_at is null
),
both_tables as (
    select source_id, data, (data->>'duration')::bigint as seconds, 1 as preference
    from raw.toggl_track__time_entries
    where deleted_at is null
    union all
    select source_id, data, (data->>'seconds')::bigint as seconds, 2 as preference
    from raw.toggl_track__time_entries_report
    where deleted_at is null
),
newest as (
    select distinct on (source_id)
        source_id,
        ((data->>'start')::timestamptz at time zone %(zone)s)::date as day,
        seconds,
        date_trunc('second', (data->>'at')::timestamptz) as at,
        data->>'stop' is not null and seconds >= 0 as finished,
        coalesce(
            data->>'workspace_id', data->>'wid', data->>'_workspace_id',
            case when (select total from workspaces) = 1 then %(workspace)s::text end
        )::bigint as workspace_id,
        coalesce(data->>'user_id', data->>'uid', %(user)s::text)::bigint as user_id
    from both_tables
    order by source_id, at desc nulls last, preference
)
select source_id, day, coalesce(seconds, 0), at, coalesce(finished, false)
from newest
where workspace_id = %(workspace)s and user_id = %(user)s
    and day between coalesce(%(first)s, day) and coalesce(%(last)s, day)
"""

_STAMPS: LiteralString = """
select
    source_id,
    max(date_trunc('second', (data->>'at')::timestamptz)) filter (where is_track and deleted_at is null),
    coalesce(max(deleted_at) >= now() - %(lag)s, false),
    coalesce(max(deleted_at) < now() - %(lag)s, false)
from (
    select source_id, data, deleted_at, true as is_track from raw.toggl_track__time_entries
    union all
    select source_id, data, deleted_at, false as is_track from raw.toggl_track__time_entries_report
) as both_tables
where source_id = any(%(ids)s)
group by source_id
"""


def stored_entries(
    connection: psycopg.Connection, scope: Scope, zone: ZoneInfo, period: Period | None = None
) -> list[StoredEntry]:
    """The live entries of a user in a workspace, all or those that start in a period of days in `zone`."""
    values = {
        "zone": zone.key,
        "workspace": scope.workspace_id,
        "user": scope.user_id,
        "first": period and period.first,
        "last": period and period.last,
    }
    with connection.transaction():
        return [StoredEntry(*row) for row in connection.execute(_STORED, values)]


def stored_stamps(connection: psycopg.Connection, ids: Sequence[str], lag: timedelta) -> dict[str, StoredStamp]:
    """What is known of those of the entries that are stored, by id; `lag` is how late reports may tell of a change."""
    with connection.transaction():
        rows = connection.execute(_STAMPS, {"ids": list(ids), "lag": lag})
        return {source_id: StoredStamp(*stamp) for source_id, *stamp in rows}


def seconds_of(entries: Sequence[StoredEntry], period: Period) -> int:
    """The sum of the finished entries that start in a period, in seconds."""
    return sum(entry.seconds for entry in entries if entry.finished and period.holds(entry.day))
