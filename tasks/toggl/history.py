"""Toggl's history: read from its reports in pieces that commit one by one, and compared with what is stored.

    history = HistoryReader(connection, client, scope, zone, now=now)
    for step in history.read(Period(first=…, last=…)):       # backfill: each step is one page, committed
        print(step.done_days, step.entries)
    for step in history.reconcile():                         # everything that is stored, against everything there is
        …

Killed anywhere, both go on where they were when they are begun again.

A period is listed in full, a day more on either side because whose midnight counts is not promised, and proven by
Toggl's own total: only when the two agree is an entry that the listing lacks taken for deleted. A period that was
listed before is checked in few requests: what has changed since then, last change first, and the total against the
stored sum. Only where these differ is it narrowed down and listed again.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg

from tasks import raw
from tasks.errors import SourceError
from tasks.raw import Batch, JsonObject, Row, only_sync_of
from tasks.toggl.client import API_VERSION, SOURCE, NotOfferedError, TogglClient, moment, to_rows
from tasks.toggl.entries import REPORT_TABLE, TABLE
from tasks.toggl.history_cursor import HistoryCursor, Listing
from tasks.toggl.periods import DAY, Period, without
from tasks.toggl.reports import API_VERSION as REPORTS_VERSION
from tasks.toggl.reports import Page, PageCursor, Scope, read_page, read_seconds
from tasks.toggl.stored import StoredStamp, seconds_of, stored_entries, stored_stamps

# 366 days are the most that Toggl lists at once; each listing reaches a day further on either side.
LONGEST_PIECE_DAYS = 364
NARROW_DAYS = 31
# Days that change often are listed in full each time.
RECENT_DAYS = 92
# Reports tell of a change some moments late; within this time nothing is concluded from their silence.
LAG = timedelta(hours=1)
# What changed shortly before a check may not have been shown by it.
CHECK_OVERLAP = timedelta(days=1)
# With more changes than that, listing the piece in full is as cheap, and can be interrupted.
MOST_CHANGE_PAGES = 3
# So many entries are asked for before a listing is believed that names none at all.
SAMPLE = 3
ATTEMPTS = 3
# A comparison that was left lying for longer begins anew.
ROUND_LASTS = timedelta(days=2)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """Where a reading stands after one committed step: days done of those asked for, and entries ever told of."""

    done_days: int
    days: int
    entries: int


class HistoryReader:
    """Reads one user's history in one workspace; `zone` is that of the Toggl profile, `now` (aware) the present.

    The client raises what TogglClient raises; QuotaError is the ordinary end of an hour's work.
    """

    def __init__(
        self, connection: psycopg.Connection, client: TogglClient, scope: Scope, zone: ZoneInfo, *, now: datetime
    ) -> None:
        self._connection = connection
        self._client = client
        self._scope = scope
        self._zone = zone
        self._now = now
        self._stream = f"history:{scope.workspace_id}"
        cursor = raw.read_cursor(connection, SOURCE, self._stream)
        self._cursor = HistoryCursor.model_validate(cursor) if isinstance(cursor, dict) else HistoryCursor()

    def _settled(self, moment: datetime) -> date:
        """The last day whose listing proves something at a moment: who knows which total holds a timer that runs."""
        return moment.astimezone(self._zone).date() - 2 * DAY

    def read(self, period: Period, *, oldest_first: bool = False) -> Iterator[Step]:
        """List what has not been listed yet of a period, and load it all; each step is one page, committed."""
        try:
            for piece in self._unread(period, oldest_first=oldest_first):
                yield from self._list(piece, within=period, thrifty=False)
        except NotOfferedError as error:
            raise SourceError(
                SOURCE,
                f"Toggl Track's plan does not show all reports of {period}: {error.sentence}",
                "What was read is kept. Choose a later beginning, or look at your plan under Subscription.",
            ) from error
        yield self._step(period)

    def _unread(self, period: Period, *, oldest_first: bool) -> list[Period]:
        """The pieces of a period that are still to be listed, one that was left half read first."""
        listing = self._cursor.listing
        begun = [listing.period] if listing and period.overlap(listing.period) == listing.period else []
        unknown = without(period, [*begun, *(known.period for known in self._cursor.checked)])
        settled = self._settled(self._now)
        parts = [part for rest in unknown for part in (rest.until(settled), rest.after(settled)) if part]
        pieces = [piece for part in parts for piece in part.pieces(LONGEST_PIECE_DAYS)]
        return [*begun, *(pieces if oldest_first else reversed(pieces))]

    def reconcile(self, doubt_noted_at: datetime | None = None) -> Iterator[Step]:
        """Compare all that is stored with Toggl's reports: restore what is missing, bury what is gone.

        A comparison that broke off goes on, unless it began before `doubt_noted_at`. Entries that the Track API's
        table holds just so are not stored a second time. What the plan does not report is left as it is.
        """
        began_at = self._begin_round(doubt_noted_at)
        whole = self._everything(self._settled(began_at))
        self._ask_for_timers(whole)
        recent = Period(first=max(whole.first, whole.last - DAY * RECENT_DAYS), last=whole.last)
        try:
            yield from self._list_once(recent, began_at, within=whole)
            for older in without(whole, [recent]):
                for piece in reversed(older.pieces(LONGEST_PIECE_DAYS)):
                    yield from self._compare(piece, began_at, within=whole)
        except NotOfferedError as error:
            logger.warning("Toggl Track: what lies further back could not be compared. %s", error.sentence)
        self._save(self._cursor.model_copy(update={"round_began_at": None}))
        yield self._step(whole)

    def _begin_round(self, doubt_noted_at: datetime | None) -> datetime:
        begun = self._cursor.round_began_at
        if begun is not None and self._now - begun < ROUND_LASTS and begun >= (doubt_noted_at or begun):
            return begun
        self._save(self._cursor.model_copy(update={"round_began_at": self._now}))
        return self._now

    def _everything(self, last: date) -> Period:
        days = [entry.day for entry in stored_entries(self._connection, self._scope, self._zone)]
        known = [piece.period.first for piece in self._cursor.checked]
        return Period(first=min([*days, *known, last]), last=last)

    def _ask_for_timers(self, whole: Period) -> None:
        """Ask for the entries that are stored as running since days: reports are silent on them either way."""
        stored = stored_entries(self._connection, self._scope, self._zone, whole)
        with only_sync_of(self._connection, SOURCE):
            self._settle([entry.id for entry in stored if not entry.finished])

    def _settle(self, ids: Sequence[str]) -> set[str]:
        """Ask the Track API for entries and load what it says, each by itself; gives those that live.

        So an hour that ends meanwhile has settled some of them.
        """
        alive: set[str] = set()
        for source_id in ids:
            entry = self._client.entry(int(source_id))
            rows, gone, living = ([], [source_id], []) if entry is None else (to_rows([entry]), [], [source_id])
            batches = [
                Batch(TABLE, rows, gone, API_VERSION),
                Batch(REPORT_TABLE, [], gone, REPORTS_VERSION, living),
            ]
            raw.load(self._connection, SOURCE, self._stream, batches, self._cursor.model_dump(mode="json"))
            alive.update(living)
        return alive

    def _list_once(self, piece: Period, began_at: datetime, within: Period) -> Iterator[Step]:
        """List a piece in full unless this round has done so."""
        if not list(without(piece, (known.period for known in self._cursor.checked if known.at >= began_at))):
            return
        yield from self._list(piece, within=within, thrifty=True)

    def _compare(self, piece: Period, began_at: datetime, within: Period) -> Iterator[Step]:
        """Check a piece that was listed before, list one that was not."""
        overlapping = [known for known in self._cursor.checked if known.period.overlap(piece)]
        if list(without(piece, (known.period for known in overlapping))):
            yield from self._list_once(piece, began_at, within)
            return
        since = min(known.at for known in overlapping)
        if since >= began_at:
            return
        if not self._load_changes(piece, since - CHECK_OVERLAP):
            yield from self._list(piece, within=within, thrifty=True)
            return
        for suspect in self._narrow(piece):
            yield from self._list(suspect, within=within, thrifty=True)
        self._save(self._cursor.with_checked(piece, began_at))
        yield self._step(within)

    def _load_changes(self, piece: Period, since: datetime) -> bool:
        """Load what changed in a piece since a moment; False when that is too much to read in this way."""
        following: PageCursor | None = None
        for _ in range(MOST_CHANGE_PAGES):
            with only_sync_of(self._connection, SOURCE):
                page = read_page(self._client, self._scope, piece, following, order="last_update")
                changed = [entry for entry in page.entries if (moment(entry.get("at")) or self._now) >= since]
                self._load(changed, self._cursor, thrifty=True)
            following = page.following
            if following is None or len(changed) < len(page.entries):
                return True
        return False

    def _narrow(self, piece: Period) -> Iterator[Period]:
        """The parts of a piece, a month long at most, whose stored sum is not what Toggl says."""
        stored = stored_entries(self._connection, self._scope, self._zone)

        def parts(period: Period, surplus: int) -> Iterator[Period]:
            if surplus == 0:
                return
            if period.days <= NARROW_DAYS:
                yield period
                return
            older, newer = period.pieces(-(-period.days // 2))
            told = read_seconds(self._client, self._scope, older)
            if told is None:
                return
            surplus_of_older = told - seconds_of(stored, older)
            yield from parts(older, surplus_of_older)
            yield from parts(newer, surplus - surplus_of_older)

        told = read_seconds(self._client, self._scope, piece)
        # Collected before anything is read again: the sums are of one moment.
        yield from [] if told is None else list(parts(piece, told - seconds_of(stored, piece)))

    def _list(self, piece: Period, *, within: Period, thrifty: bool) -> Iterator[Step]:
        """List a piece in full, page by page, and conclude from it; goes on with a listing of it that broke off."""
        listing = self._cursor.listing
        if listing is None or listing.period != piece:
            listing = Listing(period=piece, began_at=self._now)
        while listing is not None:
            with only_sync_of(self._connection, SOURCE):
                page = self._page(listing)
                seen = listing.seen | {str(entry["id"]): _seconds(entry) for entry in page.entries}
                reached = max((self._day(entry) for entry in page.entries), default=listing.reached)
                listing = listing.model_copy(update={"seen": seen, "following": page.following, "reached": reached})
                if page.following is not None:
                    self._load(page.entries, self._cursor.model_copy(update={"listing": listing}), thrifty=thrifty)
                else:
                    listing = self._conclude(listing, page, thrifty=thrifty)
            yield self._step(within)

    def _page(self, listing: Listing) -> Page:
        return read_page(self._client, self._scope, listing.period.widened(), listing.following)

    def _conclude(self, listing: Listing, page: Page, *, thrifty: bool) -> Listing | None:
        """Load the last page; what the whole listing lacks is gone, if the total proves it whole. Else list again."""
        done = self._cursor.model_copy(update={"listing": None}).with_checked(listing.period, listing.began_at)
        if listing.period.last > self._settled(self._now):
            self._load(page.entries, done, thrifty=thrifty)
            return None
        told = read_seconds(self._client, self._scope, listing.period.widened())
        whole = told == sum(listing.seen.values())
        if not whole and listing.attempt < ATTEMPTS:
            again = Listing(period=listing.period, began_at=self._now, attempt=listing.attempt + 1)
            self._load(page.entries, self._cursor.model_copy(update={"listing": again}), thrifty=thrifty)
            return again
        if not whole:
            logger.warning(
                "Toggl Track: the entries of %s add up to %d s, their total says %s; none was taken for deleted",
                listing.period,
                sum(listing.seen.values()),
                told,
            )
        self._load(page.entries, done, self._gone(listing) if whole else [], thrifty=thrifty)
        return None

    def _gone(self, listing: Listing) -> list[str]:
        """The stored entries of a listed period that the listing, a whole one, lacks.

        One that names no entry at all is believed when the Track API does not show a sample of them either.
        """
        silent = [
            entry.id
            for entry in stored_entries(self._connection, self._scope, self._zone, listing.period)
            if entry.id not in listing.seen
            and entry.finished
            and (entry.at is None or entry.at < listing.began_at - LAG)
        ]
        if not listing.seen and self._settle(silent[:: max(1, len(silent) // SAMPLE)][:SAMPLE]):
            return []
        return silent

    def _load(
        self, entries: Sequence[JsonObject], cursor: HistoryCursor, gone: Sequence[str] = (), *, thrifty: bool
    ) -> None:
        """Load a page and the cursor.

        An entry that has had a tombstone for some time lives again. Of a young one the Track API is asked: reports lag.
        """
        cursor = cursor.model_copy(update={"entries": cursor.entries + len(entries)})
        known = stored_stamps(self._connection, [str(entry["id"]) for entry in entries], LAG)
        asked = sorted(source_id for source_id, stamp in known.items() if stamp.is_young_tombstone)
        dead = set(asked) - self._settle(asked)
        rows = [
            Row(source_id, entry)
            for source_id, entry in ((str(entry["id"]), entry) for entry in entries)
            if source_id not in dead and _says_something(entry, known.get(source_id), thrifty=thrifty)
        ]
        revived = [source_id for source_id, stamp in known.items() if stamp.is_old_tombstone]
        batches = [
            Batch(REPORT_TABLE, rows, gone, REPORTS_VERSION, revived),
            Batch(TABLE, [], gone, API_VERSION, revived),
        ]
        raw.load(self._connection, SOURCE, self._stream, batches, cursor.model_dump(mode="json"))
        self._cursor = cursor

    def _save(self, cursor: HistoryCursor) -> None:
        raw.load(self._connection, SOURCE, self._stream, [], cursor.model_dump(mode="json"))
        self._cursor = cursor

    def _day(self, entry: JsonObject) -> date:
        start = moment(entry.get("start")) or self._now
        return start.astimezone(self._zone).date()

    def _step(self, within: Period) -> Step:
        known = [piece.period for piece in self._cursor.checked]
        listing = self._cursor.listing
        if listing and listing.reached and (listed := listing.period.until(listing.reached)):
            known.append(listed)
        open_days = sum(rest.days for rest in without(within, known))
        return Step(done_days=within.days - open_days, days=within.days, entries=self._cursor.entries)


def _seconds(entry: JsonObject) -> int:
    seconds = entry.get("seconds")
    return seconds if isinstance(seconds, int) else 0


def _says_something(entry: JsonObject, known: StoredStamp | None, *, thrifty: bool) -> bool:
    """Whether a report's entry is worth storing: thriftily not, if the Track API's living row is just as new."""
    if known is None or not thrifty:
        return True
    stamp = moment(entry.get("at"))
    return stamp is None or known.track_at != stamp.replace(microsecond=0)
