"""Builds the marts of a day by hand: a believable one, and whatever a test wants to make of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import TypeAlias
from zoneinfo import ZoneInfo

from tasks.marts import DayMarts
from tasks.marts.rows import (
    Advice,
    AdviceKind,
    DailyCategory,
    DailySummary,
    Day,
    DayNote,
    Direction,
    Lane,
    NextDayPlan,
    ShownCategory,
    Sleep,
    SourceState,
    TimelineStretch,
)
from tests.reports.accounts import (
    gaps_of,
    history_of,
    ledger_of,
    nights_before,
    outcomes_of,
    streaks_of,
    summaries_before,
    trend_of,
)

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 11, 23)

# category -> (name in English, name in Japanese, colour of Toggl's palette)
CATEGORIES = {
    "Sleep": ("Sleep", "睡眠", "#465bb3"),
    "Deep work": ("Deep work", "集中作業", "#0b83d9"),
    "Meetings": ("Meetings", "会議", "#9e5bd9"),
    "Email": ("Email", "メール", "#525266"),
    "Learning": ("Learning", "学習", "#06a893"),
    "Reading": ("Reading", "読書", "#566614"),
    "Exercise": ("Exercise", "運動", "#2da608"),
    "Meals": ("Meals", "食事", "#c7af14"),
    "Family": ("Family", "家族", "#d94182"),
    "Commute": ("Commute", "移動", "#c9806b"),
    "Chores": ("Chores", "家事", "#bf7000"),
    "Leisure": ("Leisure", "余暇", "#e36a00"),
    "Uncategorized": ("Uncategorized", "未分類", "#525266"),
    "Untracked": ("Untracked", "未記録", "#ffffff"),
}


@dataclass(frozen=True)
class Stretch:
    """One stretch, from and to as "9:30" of the local day ("24:00" is its end).

    Stretches of one `entry` are what others left of it; `before` and `after` are how far it reaches into other days.
    """

    start: str
    end: str
    category: str
    title: str | None = None
    entry: str | None = None
    before: timedelta = timedelta()
    after: timedelta = timedelta()


Targets: TypeAlias = Mapping[str, tuple[int, Direction]]
_Placed: TypeAlias = tuple[Lane, datetime, datetime, Stretch]

PLANNED = (
    Stretch("0:00", "6:30", "Sleep", "睡眠"),
    Stretch("7:00", "7:45", "Meals", "Breakfast with the children"),
    Stretch("8:30", "9:00", "Email", "Inbox & planning"),
    Stretch("9:00", "11:00", "Deep work", "日跨ぎモデルの設計"),
    Stretch("11:00", "11:30", "Meetings", "朝会 / Standup"),
    Stretch("12:00", "13:00", "Meals", "昼食"),
    Stretch("13:00", "14:00", "Meetings", "佐藤さん 1on1"),
    Stretch("13:30", "14:30", "Meetings", "Design review: quarterly roadmap"),
    Stretch("14:30", "17:00", "Deep work", "Typst レポートのレイアウト"),
    Stretch("18:00", "19:00", "Exercise", "ラン 8 km"),
    Stretch("19:30", "20:30", "Meals", "夕食"),
    Stretch("20:30", "21:30", "Learning", "Japanese grammar N1"),
    Stretch("23:00", "24:00", "Sleep", "睡眠"),
)

ACTUAL = (
    Stretch("0:00", "6:48", "Sleep", "睡眠", before=timedelta(minutes=54)),
    Stretch("6:48", "7:10", "Chores", "洗濯"),
    Stretch("7:10", "7:40", "Meals", "朝食"),
    Stretch("7:40", "8:05", "Reading", "『失敗の科学』"),
    Stretch("8:05", "8:35", "Commute", "電車"),
    Stretch("8:35", "9:32", "Email", "Inbox"),
    Stretch("9:32", "10:15", "Deep work", "日跨ぎモデルの設計", entry="design"),
    Stretch("10:15", "10:24", "Email", "返信"),
    Stretch("10:24", "11:02", "Deep work", "日跨ぎモデルの設計", entry="design"),
    Stretch("11:02", "11:38", "Meetings", "朝会"),
    Stretch("11:38", "12:20", "Deep work", "PR reviews"),
    Stretch("12:20", "12:27", "Uncategorized", None),
    Stretch("12:27", "13:02", "Meals", "昼食"),
    Stretch("13:02", "14:11", "Meetings", "佐藤さん 1on1"),
    Stretch("14:11", "14:32", "Meetings", "Design review"),
    Stretch("14:32", "15:05", "Email", "Incident: sync lag"),
    Stretch("15:05", "16:20", "Deep work", "Typst レポート"),
    Stretch("16:20", "16:28", "Leisure", "Coffee"),
    Stretch("16:28", "17:31", "Deep work", "Typst レポート"),
    Stretch("17:31", "17:50", "Email", "請求処理"),
    Stretch("17:50", "18:22", "Commute", "電車"),
    Stretch("18:22", "18:45", "Chores", "買い物"),
    Stretch("19:35", "20:20", "Meals", "夕食"),
    Stretch("20:20", "20:34", "Chores", "皿洗い"),
    Stretch("20:34", "21:02", "Leisure", "YouTube"),
    Stretch("21:02", "21:48", "Learning", "文法 N1"),
    Stretch("21:48", "22:25", "Family", "絵本の読み聞かせ"),
    Stretch("22:50", "23:06", "Reading", "『失敗の科学』"),
    Stretch("23:06", "24:00", "Sleep", "睡眠", after=timedelta(hours=6, minutes=40)),
)

TOMORROW = (
    Stretch("0:00", "6:30", "Sleep", "睡眠"),
    Stretch("8:30", "9:00", "Email", "Inbox & planning"),
    Stretch("9:00", "11:00", "Deep work", "Incremental ledger"),
    Stretch("11:00", "11:30", "Meetings", "朝会 / Standup"),
    Stretch("12:00", "13:00", "Meals", "昼食"),
    Stretch("13:30", "16:30", "Deep work", "単体テスト"),
    Stretch("18:00", "19:00", "Exercise", "ラン 8 km"),
    Stretch("20:30", "21:30", "Learning", "Japanese grammar N1"),
)

ADVICE: Sequence[tuple[AdviceKind, str, int, int, Decimal, int, int, int]] = (
    ("takes_longer", "Email", 18, 9, Decimal("2.41"), 1800, 4340, 2540),
    ("rarely_kept", "Exercise", 9, 2, Decimal("0.31"), 3600, 1120, 2480),
)


def a_day(
    actual: Sequence[Stretch] = ACTUAL,
    planned: Sequence[Stretch] = PLANNED,
    *,
    day: date = MONDAY,
    zone: ZoneInfo = TOKYO,
    notes: Sequence[str] = (),
    targets: Targets | None = None,
    categories: Mapping[str, tuple[str, str, str]] = CATEGORIES,
    sources: Sequence[tuple[str, datetime | None, str | None]] | None = None,
    holiday: tuple[str | None, str | None] = (None, None),
    private: Sequence[str] = (),
    first_ever: bool = False,
    known_from: str = "0:00",
    known_until: str = "24:00",
    beside: Mapping[str, int] | None = None,
    next_events: Sequence[Stretch] = TOMORROW,
    advice: Sequence[tuple[AdviceKind, str, int, int, Decimal, int, int, int]] = ADVICE,
    **summary: object,
) -> DayMarts:
    """The marts of a day with these stretches; `summary` overrides its figures by name.

    `private` are titles; with `first_ever` there was no day before this one. Nothing is known, not even that it was
    untracked, before `known_from` and after `known_until`; `beside` are seconds that ran in parallel, by category.
    """
    start, end = (datetime.combine(date_, time(), zone).astimezone(UTC) for date_ in (day, day + timedelta(days=1)))
    length = int((end - start).total_seconds())
    rows: list[_Placed] = [("actual", *_span(stretch, start, end, zone, day), stretch) for stretch in actual]
    rows += [
        ("actual", free_start, free_end, Stretch("", "", "Untracked"))
        for free_start, free_end in _free(rows, *_span(Stretch(known_from, known_until, ""), start, end, zone, day))
    ]
    rows += [("plan", *_span(stretch, start, end, zone, day), stretch) for stretch in planned]
    rows.sort(key=lambda row: (row[1], -row[2].timestamp()))
    timeline = [_stretch(number, placed, day, private) for number, placed in enumerate(rows)]
    figures = _figures(day, rows, targets or {}, categories, beside or {})
    tracked = sum(figure.actual_seconds for figure in figures if figure.category != "Untracked")
    total = sum(figure.planned_seconds for figure in figures)
    overlap = sum(figure.overlap_seconds for figure in figures)
    known = DailySummary(
        day=day,
        day_type="weekday",
        day_seconds=length,
        tracked_seconds=tracked,
        untracked_seconds=sum(figure.actual_seconds for figure in figures) - tracked,
        planned_seconds=total,
        replanned_seconds=0,
        plan_basis="frozen",
        adherence=Decimal(overlap) / Decimal(total) if total else None,
        partial=False,
    )
    known = replace(known, **summary)  # type: ignore[arg-type]
    chance = Random(20261123)  # noqa: S311 - an invented history that is the same each time
    ledger = ledger_of(timeline)
    summaries = [known] if first_ever else summaries_before(known, chance)
    history = history_of(day, figures, {name: target for name, (target, _) in (targets or {}).items()}, chance)
    history = [row for row in history if not first_ever or row.past_day == day]
    following = [_next(event, day, zone, private) for event in next_events]
    read = end + timedelta(minutes=1)
    return DayMarts(
        day=_day(day, start, end, holiday),
        summary=known,
        categories=figures,
        timeline=timeline,
        notes=[DayNote(day, title, "Calendar", "Uncategorized", title, is_private=title in private) for title in notes],
        sources=[
            SourceState(*source)
            for source in (sources if sources is not None else [("toggl", read, None), ("gcal", read, None)])
        ],
        shown={
            name: ShownCategory(name, *names, sort_order=number, coarse_category=None, is_sleep=False)
            for number, (name, names) in enumerate(categories.items())
        },
        ledger=ledger,
        outcomes=outcomes_of(ledger),
        gaps=gaps_of(timeline),
        summaries=summaries,
        trend=trend_of(summaries, figures),
        sleeps=_nights(timeline, chance, first_ever=first_ever),
        history=history,
        streaks=streaks_of(history),
        next_day=_day(day + timedelta(days=1), end, end + timedelta(days=1), (None, None)),
        next_summary=replace(known, day=day + timedelta(days=1), planned_seconds=_length(following)),
        next_events=following,
        advice=[Advice(day, place, *each) for place, each in enumerate(advice, start=1)],
    )


def _length(events: Sequence[NextDayPlan]) -> int:
    return sum(int((event.end_at - event.start_at).total_seconds()) for event in events)


def _stretch(number: int, placed: _Placed, day: date, private: Sequence[str]) -> TimelineStretch:
    lane, from_, to, stretch = placed
    untracked = stretch.category == "Untracked"
    return TimelineStretch(
        day=day,
        lane=lane,
        start_at=from_,
        end_at=to,
        category=stretch.category,
        title=stretch.title,
        project=None,
        source_id=None if untracked else stretch.entry or str(number),
        social=None,
        began_at=None if untracked else from_ - stretch.before,
        ended_at=None if untracked else to + stretch.after,
        is_private=stretch.title in private,
    )


def _nights(timeline: Sequence[TimelineStretch], chance: Random, *, first_ever: bool) -> list[Sleep]:
    slept = [each for each in timeline if each.lane == "actual" and each.category == "Sleep"][:1]
    nights = []
    for each in slept:
        bed = each.began_at or each.start_at
        night = Sleep(each.day, 1, "main", bed, each.end_at, int((each.end_at - bed).total_seconds()), 0, 0)
        nights += [night] if first_ever else nights_before(night, chance)
    return nights


def _next(event: Stretch, day: date, zone: ZoneInfo, private: Sequence[str]) -> NextDayPlan:
    next_day = day + timedelta(days=1)
    start, end = (datetime.combine(date_, time(), zone) for date_ in (next_day, next_day + timedelta(days=1)))
    from_, to = _span(event, start, end, zone, next_day)
    own = event.title in private
    return NextDayPlan(day, next_day, from_, to, event.category, event.title, None, event.start, own)


def _day(day: date, start: datetime, end: datetime, holiday: tuple[str | None, str | None]) -> Day:
    return Day(
        day=day,
        day_start=start,
        day_end=end,
        day_seconds=int((end - start).total_seconds()),
        iso_weekday=day.isoweekday(),
        week=day - timedelta(days=day.weekday()),
        month=day.replace(day=1),
        day_type="weekday",
        holiday_name_en=holiday[0],
        holiday_name_ja=holiday[1],
        is_ended=True,
    )


def _span(stretch: Stretch, start: datetime, end: datetime, zone: ZoneInfo, day: date) -> tuple[datetime, datetime]:
    def at(clock: str) -> datetime:
        hour, minute = map(int, clock.split(":"))
        return end if hour == 24 else datetime.combine(day, time(hour, minute), zone).astimezone(UTC)

    return max(start, at(stretch.start)), at(stretch.end)


def _free(rows: Sequence[_Placed], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """What nobody tracked of the day."""
    free, reached = [], start
    for _, from_, to, _ in sorted(rows, key=lambda row: row[1]):
        if reached < from_:
            free.append((reached, from_))
        reached = max(reached, to)
    return [*free, (reached, end)] if reached < end else free


def _figures(
    day: date,
    rows: Sequence[_Placed],
    targets: Targets,
    categories: Mapping[str, tuple[str, str, str]],
    beside: Mapping[str, int],
) -> Sequence[DailyCategory]:
    """The day's categories with figures counted second by second, the slowest way and the plainest."""
    seconds: dict[str, dict[str, set[int]]] = {}
    for lane, start, end, stretch in rows:
        own = seconds.setdefault(stretch.category, {"actual": set(), "plan": set()})
        own[lane].update(range(int(start.timestamp()), int(end.timestamp())))
    order = {name: number for number, name in enumerate(categories)}
    found = []
    for category in sorted(seconds.keys() | targets.keys(), key=lambda name: (order.get(name, 999), name)):
        own = seconds.get(category, {"actual": set(), "plan": set()})
        actual, plan = own["actual"], own["plan"]
        target, direction = targets.get(category, (None, None))
        achieved = None if target is None else len(actual) >= target if direction == "more" else len(actual) <= target
        raw = 0 if category == "Untracked" else len(actual) + beside.get(category, 0)
        lengths = (raw, len(actual), len(plan), len(actual & plan))
        usual = len(plan | actual) * 7 // 8 if category != "Untracked" else None
        found.append(DailyCategory(day, category, category, *lengths, target, direction, usual, achieved))
    return found
