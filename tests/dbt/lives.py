"""Random lives of several kinds: how people track, and how they rename what they do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.dbt.agendas import DAY, DAYS, HOUR, MINUTE, SECOND, listings, random_coverage, random_versions
from tests.dbt.oracle.life import (
    Client,
    Entry,
    Life,
    Mapping_,
    Private,
    Project,
    Rule,
    Seeds,
    Social,
    Source,
    Target,
    Valid,
    aware,
)

HOLE = range(17, 19)

CLIENTS = [Client(11, "Acme"), Client(12, "University"), Client(14, "Untracked")]
PROJECTS = [
    Project(1, "Work", client_id=11),
    Project(2, "Mail", client_id=12),
    Project(3, "Sleep"),
    Project(4, "Meals", "#aa0000", 11),
    Project(5, "Garden", client_id=13),  # a client that is not known
    Project(6, "Untracked", client_id=14),  # the word for what nobody tracked, twice
    Project(8, "Twin", "#aa0000", is_active=False),
    Project(9, "Twin", "#bb0000", 12),
    Project(10, "Twin", "#aa0000"),
    Project(21, "Bygone", client_id=12, is_deleted=True),
    Project(22, "Archive", is_active=False),
]
Times = Iterator[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Setting:
    """Where, when (UTC) and how a life is lived; clocks change on some day of it where they ever do."""

    zone: str
    begins: str
    habit: Callable[[datetime, Random], Times]
    gap_seconds: int = 0
    has_seeds: bool = True

    def __str__(self) -> str:
        return f"{self.habit.__name__}, {self.zone}, {'seeds' if self.has_seeds else 'no seeds'}"


def minute_logger(begins: datetime, random: Random) -> Times:
    """All day long one short entry after the other, now and then with a breath between them."""
    at = begins
    while at < begins + (DAYS - 3) * DAY:
        stop = at + random.choice([MINUTE, 7 * MINUTE, 25 * MINUTE, 50 * MINUTE]) + random.randrange(300) * SECOND
        yield at, stop
        at = stop + random.choice([0, 0, 0, 1, 90, 300, 600, 601, 9000]) * SECOND
        if random.random() < 0.04:
            at += random.randrange(6, 12) * HOUR


def nested_timers(begins: datetime, random: Random) -> Times:
    """Entries that hold others, overlap them, start or stop with them; some last for days."""
    lengths = [SECOND, 59 * SECOND, 5 * MINUTE, 25 * MINUTE, 25 * MINUTE, HOUR, 2 * HOUR, 8 * HOUR]
    yield begins, begins + HOUR
    known = [(begins, begins + HOUR)]
    for number in range(12 * DAYS):
        day = random.choice([day for day in range(DAYS) if day not in HOLE])
        start = begins + day * DAY + random.randrange(86_400) * SECOND
        stop = start + random.choice(lengths) + random.randrange(2) * random.randrange(60) * SECOND
        if random.random() < 0.25:
            other_start, other_stop = random.choice(known)
            start, stop = random.choice([(other_start, stop), (start, other_stop), (other_stop, stop)])
        if number % 97 == 96:
            stop = start + 2 * DAY + random.randrange(24) * HOUR
        if begins < start < stop < start + 4 * DAY:
            known.append((start, stop))
            yield start, stop


def now_and_then(begins: datetime, random: Random) -> Times:
    """A few entries on a few days, and days without any."""
    yield begins, begins + 20 * MINUTE
    for day in sorted(random.sample(range(1, DAYS - 3), 12)):
        at = begins + day * DAY
        for _ in range(random.randrange(1, 4)):
            at += random.randrange(4 * 3600) * SECOND
            stop = at + random.randrange(1, 3 * 3600) * SECOND
            yield at, stop
            at = stop


def night_shifts(begins: datetime, random: Random) -> Times:
    """Shifts and sleep over midnight, breaks within them, a double shift of more than a day."""
    at = begins
    while at < begins + (DAYS - 3) * DAY:
        shift = (27 if random.random() < 0.1 else random.randrange(7, 11)) * HOUR
        yield at, at + shift
        for _ in range(random.randrange(3)):
            pause = at + random.random() * 0.8 * shift // SECOND * SECOND
            yield pause, pause + random.choice([10, 30, 45]) * MINUTE
        bed = at + shift + random.randrange(3 * 3600) * SECOND
        yield bed, bed + random.randrange(4 * 3600, 9 * 3600) * SECOND
        at += random.choice([1, 1, 1, 1, 2, 3]) * DAY + random.randrange(-1800, 1800) * SECOND
        at = max(at, bed + 9 * HOUR)


def random_life(setting: Setting, random: Random) -> Life:
    """Forty days, looked at on the 38th; what was planned reaches beyond them."""
    zone, begins = ZoneInfo(setting.zone), aware(setting.begins)
    now = begins + (DAYS - 3) * DAY + 7 * HOUR + 11 * SECOND
    return Life(
        zone=zone,
        now=now,
        entries=_entries(setting.habit(begins, random), now, random),
        versions=random_versions(begins, now, zone, random),
        projects=PROJECTS,
        clients=CLIENTS,
        listings=listings(begins),
        coverage=random_coverage(begins, random),
        sources=[
            Source("toggl", now - 25 * MINUTE),
            Source("gcal", now - 53 * HOUR),
            Source("other", None, is_configured=False),
        ],
        holidays=[(begins + number * DAY).astimezone(zone).date() for number in (9, 10, 23)],
        seeds=_seeds((begins + 10 * DAY).astimezone(zone).date()) if setting.has_seeds else Seeds(),
        gap_seconds=setting.gap_seconds,
    )


def _entries(times: Times, now: datetime, random: Random) -> Sequence[Entry]:
    """Entries of all projects; ids tell nothing of the order; one was running when Toggl was last read."""
    titles = ["Write", "Read", "", None]
    projects = [*(project.project_id for project in PROJECTS), 1, 2, 3, 999, None]
    known = [(start, stop) for start, stop in times if stop < now]
    ids = iter(random.sample(range(1, 100_000), len(known) + 2))
    entries = [
        Entry(
            start,
            next(ids),
            stop,
            random.choice(projects),
            random.choice(titles),
            number > 0 and random.random() < 0.03,
        )
        for number, (start, stop) in enumerate(known)
    ]
    nothing = known[-1][0] + 5 * MINUTE
    return [*entries, Entry(nothing, next(ids), nothing, 1), Entry(now - 2 * HOUR, next(ids), None, 1, "Write")]


def _seeds(change: date) -> Seeds:
    """A user who changes the names of things some days after the first, and some again later."""
    later, much_later = change + timedelta(days=9), change + timedelta(days=13)
    until, since = Valid(until=change), Valid(since=later)
    return Seeds(
        mappings=[
            Mapping_("project", "1", "Job", until),
            Mapping_("project", "1", "Career", since),
            Mapping_("project", "Work", "Duty", Valid(change, much_later)),  # the id comes first where both are valid
            Mapping_("project", "Mail", "Letters"),
            Mapping_("project", "Untracked", "Named", Valid(change, later)),
            Mapping_("project_color", "#AA0000", "Red things", Valid(until=later)),
            Mapping_("client", "University", "Study", since),
            Mapping_("client", "11", "Orders", Valid(change, later)),
            Mapping_("client", "Acme", "Old orders"),
            Mapping_("event_color", "5", "Yellow things", Valid(since=change)),
            Mapping_("calendar", "Shared", "Together", Valid(until=much_later)),
            Mapping_("calendar", "other@example.test", "Elsewhere"),
            Mapping_("calendar", "shared@example.test", "By id", Valid(later, later + timedelta(days=3))),
        ],
        socials=[
            Social("11", "Colleagues", until),
            Social("Acme", "The firm", Valid(since=change)),
            Social("13", "Neighbours", Valid(change, later)),
            Social("University", "School", since),
        ],
        private=[
            Private("project", "Meals"),
            Private("project", "22"),
            Private("project", "Movie"),
            Private("client", "12"),
            Private("calendar", "Shared"),
        ],
        rules=[
            Rule(20, "team", "Meetings"),
            Rule(10, "lunch|dinner", "Meals", Valid(until=later)),
            Rule(30, "^$", "Untitled", Valid(since=change)),
            Rule(5, "^dinner$", "Feasts", Valid(change, much_later)),
        ],
        targets=[
            Target("Job", "weekday", "more", 7200, until),
            Target("Letters", None, "less", 3600, Valid(until=later)),
            Target("Letters", None, "less", 1800, since),
            Target("Letters", "holiday", "less", 0, Valid(since=change)),
            Target("Sleep", None, "more", 20_000),
            Target("Sleep", "holiday", "more", 30_000, Valid(change, much_later)),
            Target("Leisure", "holiday", "neutral", 14_400),
        ],
        coarse={"Job": "Duties", "Career": "Duties", "Letters": "Duties", "Sleep": "Needs", "Uncategorized": "Rest"},
    )
