"""How a week was slept: each main sleep as a bar from bed to wake, on an axis from the evening to the day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil, floor

from tasks.marts.periods import WeekMarts
from tasks.marts.rows import Sleep
from tasks.report import lettering
from tasks.report.naming import Naming
from tasks.report.page import Tick
from tasks.report.period_in_words import PeriodInWords
from tasks.report.periods import Night, Nights

EARLIEST, LATEST = -2, 8  # hours from midnight that the axis shows at least
HOUR = timedelta(hours=1)


def nights(told: PeriodInWords, marts: WeekMarts) -> Nights:
    """The main sleeps that ended in the week, on the clock of the wall."""
    words = told.words
    dates = [marts.span.first + timedelta(days=ahead) for ahead in range(7)]
    main = {sleep.day: sleep for sleep in marts.sleeps if sleep.kind == "main"}
    ends = {day: _on_the_wall(told, sleep) for day, sleep in main.items()}
    first = min([EARLIEST, *(floor(bed / HOUR) for bed, _ in ends.values())])
    last = max([LATEST, *(ceil(wake / HOUR) for _, wake in ends.values())])
    each = tuple(_night(told, day, main.get(day), ends.get(day), first) for day in dates)
    said = (words.say("alt_night", day=night.label, span=night.span, length=night.length) for night in each)
    return Nights(
        ticks=tuple(
            Tick(seconds=(hour - first) * 3600, label=str(hour % 24))
            for hour in range(first, last + 1)
            if hour % 2 == 0
        ),
        axis_seconds=(last - first) * 3600,
        nights=each,
        remark=_remark(told, main, ends),
        color=_color(told.naming),
        alt=words.say("alt_nights", nights="; ".join(said)),
    )


def _on_the_wall(told: PeriodInWords, sleep: Sleep) -> tuple[timedelta, timedelta]:
    """How far the clock was from the midnight of the day of waking, at both ends."""
    midnight = datetime.combine(sleep.day, time())
    bed, wake = (
        moment.astimezone(told.zone).replace(tzinfo=None) - midnight for moment in (sleep.bed_at, sleep.wake_at)
    )
    return bed, max(wake, bed)


def _night(
    told: PeriodInWords, day: date, sleep: Sleep | None, ends: tuple[timedelta, timedelta] | None, first: int
) -> Night:
    words = told.words
    label = words.weekday_and_day(day)
    if sleep is None or ends is None:
        return Night(label=label, bed_seconds=None, wake_seconds=None, span="", length="–")
    bed, wake = (int((end - first * HOUR).total_seconds()) for end in ends)
    clocks = {"start": _clock(told, sleep.bed_at), "end": _clock(told, sleep.wake_at)}
    return Night(
        label=label,
        bed_seconds=bed,
        wake_seconds=wake,
        span=words.say("span", **clocks),
        length=words.length(sleep.asleep_seconds),
    )


def _remark(told: PeriodInWords, main: Mapping[date, Sleep], ends: Mapping[date, tuple[timedelta, timedelta]]) -> str:
    """Between which hours it began and ended."""
    words = told.words
    if len(main) < 2:
        return "" if main else words.phrases["no_sleep"]
    beds = sorted(main.values(), key=lambda sleep: ends[sleep.day][0])
    wakes = sorted(main.values(), key=lambda sleep: ends[sleep.day][1])
    return " · ".join(
        [
            words.say("beds", first=_clock(told, beds[0].bed_at), last=_clock(told, beds[-1].bed_at)),
            words.say("wakes", first=_clock(told, wakes[0].wake_at), last=_clock(told, wakes[-1].wake_at)),
        ]
    )


def _clock(told: PeriodInWords, moment: datetime) -> str:
    return told.words.clock(moment.astimezone(told.zone))


def _color(naming: Naming) -> str:
    asleep: Sequence[str] = [name for name, shown in naming.shown.items() if shown.is_sleep]
    return naming.color(asleep[0]) if asleep else lettering.PLAIN_GREY
