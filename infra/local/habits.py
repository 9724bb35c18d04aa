"""What the invented person does and means to do: projects, calendars, weekly habits and each day's own plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

PRIMARY = "demo@example.test"
WORK = "work-demo@group.calendar.example.test"
STUDY = "study-demo@group.calendar.example.test"
HOLIDAYS = "ja.japanese#holiday@group.v.calendar.example.test"

# (name, colour of Toggl's palette, client)
PROJECTS = (
    ("睡眠", "#465bb3", "暮らし"),
    ("食事", "#e36a00", "暮らし"),
    ("移動", "#525266", None),
    ("仕事", "#0b83d9", "みなと設計室"),
    ("執筆", "#06a893", "みなと設計室"),
    ("会議", "#9e5bd9", "みなと設計室"),
    ("メール", "#c9806b", "みなと設計室"),
    ("学習", "#2da608", "学び"),
    ("読書", "#566614", "学び"),
    ("運動", "#d92b2b", "暮らし"),
    ("家族", "#d94182", "家族・友人"),
    ("家事", "#bf7000", "暮らし"),
    ("余暇", "#c7af14", None),
)
CLIENTS = ("暮らし", "みなと設計室", "学び", "家族・友人")
ARCHIVED_PROJECT = ("旧サイト運用", "#990099", "旧サイト")
TAGS = ("集中", "自宅", "外出", "Phone")

DAILY = frozenset(range(7))
WORKDAYS = frozenset(range(5))
OFFICE_DAYS = frozenset({0, 1, 3})
HOME_DAYS = WORKDAYS - OFFICE_DAYS

Fate = Literal["confirmed", "tentative", "cancelled"]


@dataclass(frozen=True)
class Habit:
    """A weekly series of a calendar: minutes are counted from local midnight; no `project` books nothing."""

    key: str
    calendar: str
    title: str
    project: str
    weekdays: frozenset[int]
    at_minute: int
    minutes: int
    movable: bool = False


@dataclass(frozen=True)
class Block:
    """A plan for one day alone; with `whole_days` it takes that many days instead of minutes."""

    key: str
    calendar: str
    title: str | None
    project: str | None
    at_minute: int = 0
    minutes: int = 0
    whole_days: int = 0
    color_id: str | None = None
    fate: Fate = "confirmed"
    declined: bool = False
    transparent: bool = False
    event_type: str = "default"
    made_days_before: int = 4


def _clock(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


HABITS = (
    Habit("sleep", PRIMARY, "睡眠", "睡眠", DAILY - {4, 5}, _clock("23:45"), 405),
    Habit("long-sleep", PRIMARY, "睡眠", "睡眠", frozenset({4, 5}), _clock("23:45"), 480),
    Habit("lunch", PRIMARY, "食事", "食事", DAILY, _clock("12:15"), 45),
    Habit("dinner", PRIMARY, "食事", "食事", DAILY, _clock("19:15"), 45),
    Habit("mail", WORK, "メール", "メール", WORKDAYS, _clock("9:00"), 30),
    Habit("standup", WORK, "Standup", "会議", WORKDAYS, _clock("9:30"), 15, movable=True),
    Habit("weekly", WORK, "定例会議", "会議", frozenset({1}), _clock("14:00"), 60, movable=True),
    Habit("meeting", WORK, "会議", "会議", frozenset({0, 3}), _clock("15:30"), 60, movable=True),
    Habit("one-on-one", WORK, "1on1", "会議", frozenset({4}), _clock("16:00"), 30, movable=True),
    Habit("study", STUDY, "学習", "学習", frozenset({0, 1, 3}), _clock("20:30"), 45, movable=True),
    Habit("lesson", STUDY, "English lesson", "学習", frozenset({2}), _clock("20:30"), 50, movable=True),
    Habit("weekend-study", STUDY, "学習", "学習", frozenset({5, 6}), _clock("16:30"), 60, movable=True),
    Habit("reading", STUDY, "読書", "読書", frozenset({4, 6}), _clock("22:30"), 40),
    Habit("run", PRIMARY, "運動", "運動", frozenset({1, 3}), _clock("18:30"), 40, movable=True),
    Habit("gym", PRIMARY, "運動", "運動", frozenset({5}), _clock("9:00"), 60, movable=True),
    Habit("cleaning", PRIMARY, "家事", "家事", frozenset({5}), _clock("10:30"), 90),
    Habit("cooking", PRIMARY, "家事", "家事", frozenset({6}), _clock("10:00"), 60),
    Habit("outing", PRIMARY, "家族", "家族", frozenset({6}), _clock("13:30"), 150),
    Habit("free-time", PRIMARY, "余暇", "余暇", frozenset({5}), _clock("13:30"), 150),
    Habit("friday-night", PRIMARY, "余暇", "余暇", frozenset({4}), _clock("21:00"), 75),
)

_WORK_SLOTS = {
    0: (("10:00", 120), ("13:15", 120)),
    1: (("10:00", 120), ("15:15", 135)),
    2: (("10:00", 120), ("13:15", 135), ("15:45", 75)),
    3: (("10:00", 120), ("13:15", 120)),
    4: (("10:00", 120), ("13:15", 150)),
}
_WORK_TITLES = ("リリース準備", "仕様書レビュー", "API design", "図面の修正", "見積もり")
_WRITING_TITLES = ("Write chapter 3", "論文の改稿", "原稿を直す")
_NOTE_TITLES = ("資源ごみの日", "原稿の締切", "Conference (online)", "家賃の振込", "読書会の申込締切")
_DECLINED_TITLES = ("勉強会（任意）", "Vendor demo", "懇親会")
_BIRTHDAYS = {(2, 11): "母の誕生日", (5, 20): "父の誕生日", (8, 8): "妹の誕生日", (11, 27): "祖母の誕生日"}


def chance(seed: int, day: date, what: str) -> Random:
    """The randomness of one aspect of one day, which no other day and no other aspect touches."""
    return Random(f"{seed}/{day.isoformat()}/{what}")


def habits_of(day: date) -> list[Habit]:
    """The habits that fall on a day."""
    return [habit for habit in HABITS if day.weekday() in habit.weekdays]


def change_of(seed: int, habit: Habit, day: date) -> int | Literal["cancelled"] | None:
    """How one occurrence of a habit deviates: by so many minutes, `cancelled`, or, mostly, not at all."""
    if not habit.movable:
        return None
    roll = chance(seed, day, f"change of {habit.key}")
    draw = roll.random()
    if draw < 0.05:
        return "cancelled"
    return roll.choice((30, 45, 60, 90)) if draw < 0.13 else None


def blocks_of(seed: int, day: date) -> list[Block]:
    """The plans made for a day alone: stretches of work, appointments, invitations and notes."""
    roll = chance(seed, day, "blocks")
    workday = day.weekday() in WORKDAYS
    blocks = _work_blocks(roll, day)
    if workday and roll.random() < 0.1:
        title = roll.choice(("歯医者", "Haircut", "区役所"))
        blocks.append(Block("errand", PRIMARY, title, None, _clock("18:15"), 45, color_id="11", made_days_before=12))
    if roll.random() < 0.08:
        blocks.append(Block("friends", PRIMARY, "友人と夕食", "家族", _clock("20:15"), 105, made_days_before=6))
    if workday and roll.random() < 0.14:
        title = roll.choice(_DECLINED_TITLES)
        blocks.append(Block("declined", PRIMARY, title, None, _clock("17:00"), 60, declined=True))
    if workday and roll.random() < 0.1:
        blocks.append(Block("free", WORK, "Focus time (仮)", None, _clock("8:30"), 90, transparent=True))
    if roll.random() < 0.07:
        blocks.append(Block("called-off", PRIMARY, "打ち合わせ", None, _clock("11:00"), 60, fate="cancelled"))
    if workday and roll.random() < 0.05:
        blocks.append(Block("maybe", WORK, "Lunch talk?", None, _clock("12:30"), 30, fate="tentative"))
    if roll.random() < 0.03:
        blocks.append(Block("untitled", PRIMARY, None, None, _clock("7:15"), 15))
    return blocks + _notes(roll, day)


def _work_blocks(roll: Random, day: date) -> list[Block]:
    blocks = []
    for number, (at, minutes) in enumerate(_WORK_SLOTS.get(day.weekday(), ())):
        writing = roll.random() < 0.35
        project, titles, color = ("執筆", _WRITING_TITLES, "10") if writing else ("仕事", _WORK_TITLES, "9")
        title = project if roll.random() < 0.8 else roll.choice(titles)
        named = title == project
        blocks.append(
            Block(f"work-{number}", WORK, title, project, _clock(at), minutes, color_id=None if named else color)
        )
    return blocks


def _notes(roll: Random, day: date) -> list[Block]:
    notes = []
    if day.weekday() in HOME_DAYS:
        notes.append(Block("home", WORK, "自宅", None, whole_days=1, transparent=True, event_type="workingLocation"))
    if roll.random() < 0.12:
        notes.append(Block("note", PRIMARY, roll.choice(_NOTE_TITLES), None, whole_days=1, transparent=True))
    if day.weekday() == 3 and roll.random() < 0.2:
        notes.append(Block("trip", WORK, "出張: 大阪", None, whole_days=2, made_days_before=20))
    if (day.month, day.day) in _BIRTHDAYS:
        title = _BIRTHDAYS[day.month, day.day]
        notes.append(
            Block(
                "birthday",
                PRIMARY,
                title,
                None,
                whole_days=1,
                transparent=True,
                event_type="birthday",
                made_days_before=200,
            )
        )
    return notes


@dataclass(frozen=True)
class Intent:
    """What the person meant to do at some time of a day, all changes of plan included."""

    key: str
    project: str
    title: str
    at_minute: int
    minutes: int


def intents_of(seed: int, day: date) -> Sequence[Intent]:
    """A day's plan as it stood that day, in the order of its times."""
    intents = []
    for habit in habits_of(day):
        change = change_of(seed, habit, day)
        if change != "cancelled":
            shift = change if isinstance(change, int) else 0
            intents.append(Intent(habit.key, habit.project, habit.title, habit.at_minute + shift, habit.minutes))
    intents.extend(
        Intent(block.key, block.project, block.title or "", block.at_minute, block.minutes)
        for block in blocks_of(seed, day)
        if block.project is not None and block.fate != "cancelled"
    )
    return sorted(intents, key=lambda intent: intent.at_minute)


def wake_minute(seed: int, day: date) -> int:
    """When the person gets up, in minutes from local midnight: a little after the plan, as one does."""
    yesterday = day - timedelta(days=1)
    planned = next(habit for habit in habits_of(yesterday) if habit.key.endswith("sleep"))
    late = chance(seed, day, "waking").gauss(12, 16)
    return planned.at_minute + planned.minutes - 24 * 60 + round(max(-25.0, min(75.0, late)))
