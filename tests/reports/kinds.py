"""Days of every kind that a page must bear: each is looked at as a picture, and set in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from tasks.marts import DayMarts
from tasks.report.daily import build_report
from tasks.report.page import Report
from tests.reports.days import ACTUAL, CATEGORIES, PLANNED, TOKYO, Stretch, Targets, a_day

NEW_YORK = ZoneInfo("America/New_York")
TARGETS: Targets = {
    "Sleep": (27_000, "more"),
    "Deep work": (18_000, "more"),
    "Exercise": (1_800, "more"),
    "Reading": (1_200, "more"),
    "Leisure": (3_600, "less"),
}
LONG = ("x" * 3000, "word " * 600, "長" * 3000, "とても長い題名" * 430)
MARKUP = ('#eval("1+1") *b* $x$ <l> @r // c', "\\u{41} #read(1) ]] }}", "<b>bold</b> & [link](http://x)", "= h\n- l")
RIGHT_TO_LEFT = ("مرحبا بالعالم", "שלום עולם", "\u202eevil", "mixed عربي text")
SIGNS = ("🏃‍♀️ Run 🍜", "회의", "Z\u0300\u0301\u0302\u0303", "", "𠮷野家 髙﨑 𩸽", "简体字 们 这")


@dataclass(frozen=True)
class Kind:
    """A day of some kind; `made` is when its page is set, two minutes after its end unless it says otherwise."""

    marts: DayMarts
    zone: ZoneInfo = field(default=TOKYO)
    made: datetime | None = None

    def report(self, locale: Literal["ja", "en"] = "en") -> Report:
        """What its page says."""
        made = self.made or self.marts.day.day_end + timedelta(minutes=2)
        return build_report(self.marts, zone=self.zone, locale=locale, generated_at=made)


def each(minutes: int, count: int, category: str, title: str) -> list[Stretch]:
    """So many entries in a row, each so many minutes long."""
    starts = [number * minutes for number in range(count)]
    return [Stretch(clock(at), clock(at + minutes), category, title) for at in starts]


def clock(minutes: int) -> str:
    """A minute of the day as "9:30"."""
    return f"{minutes // 60}:{minutes % 60:02}"


def sixty_entries() -> DayMarts:
    """Sixty short entries of eleven categories, and thirty plans."""
    names = [name for name in CATEGORIES if name not in {"Untracked", "Uncategorized"}]
    actual = [
        Stretch(clock(24 * number), clock(24 * number + 23), names[number % len(names)], f"entry {number}")
        for number in range(60)
    ]
    planned = [
        Stretch(clock(48 * number), clock(48 * number + 40), names[(number * 5) % len(names)], f"plan {number}")
        for number in range(30)
    ]
    return a_day(actual, planned, targets=TARGETS)


def forty_categories() -> DayMarts:
    """Forty categories with long names, each tracked and planned for 29 minutes."""
    names = {f"Category {number}": (f"Long name {number} " * 5, f"長い名前{number}" * 5, "") for number in range(40)}
    stretches = [Stretch(clock(30 * number), clock(30 * number + 29), name) for number, name in enumerate(names)]
    return a_day(stretches, stretches, categories=names | {"Untracked": CATEGORIES["Untracked"]})


def nested_timers() -> DayMarts:
    """Work from nine to five, a call in it, and a coffee in the call; each goes on when the inner one ends."""
    work, call = "Deep work", "Meetings"
    actual = (
        Stretch("0:00", "7:00", "Sleep", "睡眠"),
        Stretch("9:00", "11:00", work, "The long timer", entry="outer"),
        Stretch("11:00", "12:00", call, "A call within it", entry="middle"),
        Stretch("12:00", "12:30", "Meals", "Coffee during the call", entry="inner"),
        Stretch("12:30", "14:00", call, "A call within it", entry="middle"),
        Stretch("14:00", "17:00", work, "The long timer", entry="outer"),
        Stretch("22:30", "24:00", "Sleep", "睡眠", after=timedelta(hours=7)),
    )
    beside = {work: 3 * 3600, call: 1800}
    return a_day(actual, PLANNED, beside=beside)


def titled(titles: Sequence[str]) -> DayMarts:
    """Titles everywhere a title can be: entries, plans, notes, categories, holidays, what comes next."""
    hours = [Stretch(f"{hour}:00", f"{hour + 1}:00", title, title) for hour, title in enumerate(titles, start=7)]
    planned = [Stretch(f"{hour}:00", "13:00", "Email", title) for hour, title in enumerate(titles, start=7)]
    following = [Stretch(f"{hour}:00", f"{hour + 1}:00", title, title) for hour, title in enumerate(titles, start=9)]
    first = titles[0]
    return a_day(
        hours,
        planned,
        notes=titles,
        categories={title: (title, title, "no colour") for title in titles} | CATEGORIES,
        holiday=(first, first),
        next_events=following,
        advice=[("takes_longer", first, 9, 3, Decimal("2.5"), 1800, 4500, 2700)],
        targets={first: (7200, "more")},
    )


def running_now() -> Kind:
    """A quarter past two: the plan goes on, the actual does not yet."""
    noon = datetime(2026, 11, 23, 5, 15, tzinfo=UTC)
    so_far = [stretch for stretch in ACTUAL if _minutes(stretch.end) <= 14 * 60 + 11]
    marts = a_day(
        [*so_far, Stretch("14:11", "14:15", "Meetings", "Design review")],
        known_until="14:15",
        sources=[("toggl", noon, None), ("gcal", noon, None)],
        partial=True,
    )
    return Kind(marts, made=noon + timedelta(minutes=1))


def first_day_ever() -> DayMarts:
    """The first entry is at a quarter to ten: before it nothing is known, and there is no history."""
    return a_day(
        [Stretch("9:45", "11:00", "Deep work", "Trying lifetracer"), Stretch("11:00", "12:00", "Email", "Inbox")],
        PLANNED,
        known_from="9:45",
        first_ever=True,
        plan_basis="current",
        next_events=(),
        advice=(),
    )


def _minutes(clock: str) -> int:
    hours, minutes = map(int, clock.split(":"))
    return 60 * hours + minutes


_STALE = datetime(2026, 11, 22, 9, 4, tzinfo=UTC)

KINDS: Mapping[str, Kind] = {
    "ordinary": Kind(a_day(targets=TARGETS, notes=("東京出張", "Mum's birthday"), replanned_seconds=2400)),
    "empty": Kind(a_day((), (), next_events=(), advice=())),
    "nothing planned": Kind(a_day(planned=(), targets=TARGETS)),
    "nothing tracked": Kind(a_day(actual=())),
    "sixty entries": Kind(sixty_entries()),
    "nested timers": Kind(nested_timers()),
    "one entry of 24 hours": Kind(
        a_day([Stretch("0:00", "24:00", "Sleep", "long", before=timedelta(hours=2), after=timedelta(hours=3))])
    ),
    "25 hours": Kind(a_day(day=date(2026, 11, 1), zone=NEW_YORK), NEW_YORK),
    "23 hours": Kind(a_day(day=date(2026, 3, 8), zone=NEW_YORK), NEW_YORK),
    "forty categories": Kind(forty_categories()),
    "titles of 3000 letters": Kind(titled(LONG)),
    "titles of markup": Kind(titled(MARKUP)),
    "titles from right to left": Kind(titled(RIGHT_TO_LEFT)),
    "titles of signs": Kind(titled(SIGNS)),
    "running now": running_now(),
    "first day ever": Kind(first_day_ever()),
    "stale calendar": Kind(
        a_day(
            partial=True,
            sources=[("toggl", datetime(2026, 11, 23, 15, 1, tzinfo=UTC), None), ("gcal", _STALE, "invalid_grant")],
        )
    ),
    "last day known": Kind(replace(a_day(), next_day=None, next_summary=None, next_events=[])),
    "never read": Kind(a_day(partial=True, sources=[("toggl", None, None), ("gcal", _STALE, "boom " * 99)])),
    "144 entries": Kind(a_day(each(10, 144, "Email", "short"))),
    "ten plans at once": Kind(a_day(planned=[Stretch("9:00", "10:00", "Meetings", f"m{n}") for n in range(10)])),
    "unknown category and day type": Kind(a_day([Stretch("9:00", "10:00", "New")], day_type="vacation", categories={})),
}
