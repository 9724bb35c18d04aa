"""The second opinion on examples worked out by hand: it may judge the marts only if it is right itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.dbt.oracle import categories, plan, privacy, tracking
from tests.dbt.oracle.clock import Day, local_days
from tests.dbt.oracle.figures import marts_of
from tests.dbt.oracle.life import (
    Client,
    Coverage,
    Entry,
    Event,
    Life,
    Listing,
    Mapping_,
    Private,
    Project,
    Rule,
    Seeds,
    Social,
    Source,
    Target,
    Valid,
    Version,
)

TOKYO = ZoneInfo("Asia/Tokyo")
MONDAY = date(2026, 3, 2)
LONG_AGO = datetime(2026, 1, 1, tzinfo=TOKYO)
ME, SHARED = "me@example.test", "shared@example.test"
LIFE = Life(zone=TOKYO, now=datetime(2026, 3, 9, 12, tzinfo=TOKYO))


def at(clock: str, day: date = MONDAY) -> datetime:
    """A clock time in Tokyo."""
    return datetime.combine(day, time.fromisoformat(clock), TOKYO)


def the_day(day: date = MONDAY) -> Day:
    """A day in Tokyo."""
    return Day(day, at("00:00", day), at("00:00", day + timedelta(days=1)))


def owners(life: Life, day: date = MONDAY) -> Sequence[tuple[str, str, int | None]]:
    """A day's stretches as clocks show them, and the entry that owns each."""
    found = tracking.stretches(the_day(day), tracking.live_entries(life), life)
    return [
        (
            f"{each.start.astimezone(TOKYO):%H:%M}",
            f"{each.end.astimezone(TOKYO):%H:%M}",
            each.owner.entry_id if each.owner else None,
        )
        for each in found
    ]


def event(start: str, stop: str, title: str = "Work", calendar_id: str = ME, event_id: str = "e") -> Event:
    """An event of the Monday."""
    return Event(event_id, at(start), at(stop), title, calendar_id)


def covered(known_at: datetime, calendar_id: str = ME) -> Coverage:
    """All of the month, known since then."""
    return Coverage(calendar_id, at("00:00", date(2026, 2, 1)), at("00:00", date(2026, 4, 1)), known_at)


def planned(life: Life) -> Sequence[tuple[str, str | None]]:
    """The frozen plan of the Monday: start and title."""
    found = plan.frozen(the_day(), life)
    return sorted((f"{each.start.astimezone(TOKYO):%H:%M}", each.event.title) for each in found)


def summary(life: Life, day: date = MONDAY) -> dict[str, object]:
    """The day's row of daily_summary by column."""
    names = [
        "day",
        "day_type",
        "day_seconds",
        "tracked",
        "untracked",
        "planned",
        "replanned",
        "basis",
        "adherence",
        "partial",
    ]
    return next(dict(zip(names, row, strict=True)) for row in marts_of(life).daily_summary if row[0] == day)


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Asia/Tokyo", date(2026, 3, 2), "2026-03-01 15:00", 24),
        ("America/New_York", date(2025, 11, 2), "2025-11-02 04:00", 25),
        ("Europe/Lisbon", date(2026, 3, 29), "2026-03-29 00:00", 23),
        ("America/Havana", date(2024, 11, 3), "2024-11-03 04:00", 25),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04 03:00", 23),
        ("America/St_Johns", date(2009, 11, 1), "2009-11-01 02:30", 25),
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30 10:00", 24),
    ],
)
def test_a_day_begins_at_its_first_midnight_or_its_first_instant(zone: str, day: date, start: str, hours: int) -> None:
    begins = datetime.fromisoformat(start).replace(tzinfo=UTC)
    days = {each.date: each for each in local_days(ZoneInfo(zone), begins, begins)}
    assert days[day] == Day(day, begins, begins + timedelta(hours=hours))
    assert date(2011, 12, 30) not in days


def test_the_entry_that_started_last_owns_and_the_larger_id_of_equal_starts() -> None:
    life = replace(
        LIFE,
        entries=[
            Entry(at("09:00"), 5, at("12:00")),
            Entry(at("10:00"), 1, at("11:00")),
            Entry(at("10:00"), 2, at("10:20")),
            Entry(at("13:00"), 9, at("13:00")),
            Entry(at("14:00"), 8, at("15:00"), is_deleted=True),
        ],
    )
    assert owners(life) == [
        ("09:00", "10:00", 5),
        ("10:00", "10:20", 2),
        ("10:20", "11:00", 1),
        ("11:00", "12:00", 5),
        ("12:00", "00:00", None),
    ]


def test_a_small_gap_goes_to_who_owned_the_moment_before_it_also_across_midnight() -> None:
    tuesday = MONDAY + timedelta(days=1)
    entries = [
        Entry(at("09:00"), 1, at("10:00")),
        Entry(at("09:30"), 2, at("10:00")),
        Entry(at("10:05"), 3, at("23:58")),
        Entry(at("00:02", tuesday), 4, at("00:10", tuesday)),
        Entry(at("00:16", tuesday), 5, at("00:20", tuesday)),
    ]
    life = replace(LIFE, entries=entries, gap_seconds=300)
    assert owners(life)[1:] == [("09:30", "10:05", 2), ("10:05", "00:00", 3)]
    assert owners(life, tuesday)[:3] == [("00:00", "00:02", 3), ("00:02", "00:10", 4), ("00:10", "00:16", None)]


def test_a_day_that_has_not_ended_is_accounted_for_up_to_its_last_entry() -> None:
    toggl = Source("toggl", at("11:30").replace(microsecond=700_000))
    life = replace(
        LIFE,
        now=at("12:00"),
        entries=[Entry(at("09:00"), 1, at("10:00")), Entry(at("11:00"), 2, None)],
        sources=[toggl],
    )
    assert owners(life) == [("09:00", "10:00", 1), ("10:00", "11:00", None), ("11:00", "11:30", 2)]


def test_a_stretch_of_the_timeline_knows_the_whole_entry_or_event() -> None:
    """A night over midnight with a plan of it; a timer that runs is known as far as Toggl's last sync."""
    tuesday = MONDAY + timedelta(days=1)
    life = replace(
        LIFE,
        now=at("12:00", tuesday),
        entries=[Entry(at("23:00"), 1, at("07:00", tuesday)), Entry(at("09:00", tuesday), 2, None)],
        versions=[Version(Event("e", at("22:00"), at("06:00", tuesday)), LONG_AGO)],
        sources=[Source("toggl", at("11:30", tuesday))],
    )
    rows = [(row[1], row[7], *row[9:11]) for row in marts_of(life).daily_timeline if row[0] == tuesday]
    assert rows == [
        ("actual", "1", at("23:00"), at("07:00", tuesday)),
        ("actual", None, None, None),
        ("actual", "2", at("09:00", tuesday), at("11:30", tuesday)),
        ("plan", f"{ME}:e", at("22:00"), at("06:00", tuesday)),
    ]


PEOPLE = replace(
    LIFE,
    clients=[Client(11, "Acme"), Client(14, "Untracked")],
    projects=[
        Project(1, "Work", "#aa0000", 11),
        Project(2, "Twin", is_active=False),
        Project(4, "Twin", client_id=14),
        Project(3, "Twin", client_id=99),
        Project(5, "Gone", is_deleted=True),
        Project(6, "Untracked"),
    ],
)
TO_TUESDAY, FROM_TUESDAY = Valid(until=date(2026, 3, 3)), Valid(since=date(2026, 3, 3))


@pytest.mark.parametrize(
    ("mappings", "expected"),
    [
        ([], ["Work", "Work"]),
        ([Mapping_("client", "Acme", "C")], ["C", "C"]),
        ([Mapping_("client", "Acme", "C"), Mapping_("client", "11", "I", TO_TUESDAY)], ["I", "C"]),
        ([Mapping_("client", "11", "C"), Mapping_("project_color", "#AA0000", "R", FROM_TUESDAY)], ["C", "R"]),
        ([Mapping_("project_color", "#aa0000", "R"), Mapping_("project", "Work", "N", TO_TUESDAY)], ["N", "R"]),
        ([Mapping_("project", "Work", "N"), Mapping_("project", "1", "I", FROM_TUESDAY)], ["N", "I"]),
        ([Mapping_("project", "work", "N")], ["Work", "Work"]),
    ],
)
def test_an_entrys_category_on_monday_and_on_tuesday(mappings: Sequence[Mapping_], expected: Sequence[str]) -> None:
    life = replace(PEOPLE, seeds=Seeds(mappings=mappings))
    assert [categories.of_project(1, MONDAY + timedelta(days=number), life) for number in (0, 1)] == expected


def test_names_that_cannot_be_categories_and_projects_that_are_not_known() -> None:
    assert [categories.of_project(number, MONDAY, PEOPLE) for number in (5, 6, 7, None)] == [
        "Gone",
        "Uncategorized",
        "Uncategorized",
        "Uncategorized",
    ]
    socials = [categories.social_of_project(number, MONDAY, PEOPLE) for number in (1, 3, 4, 5, None)]
    assert socials == ["Acme", *["Uncategorized"] * 4]


def test_the_second_axis_is_the_clients_mapping_while_it_is_valid() -> None:
    life = replace(
        PEOPLE, seeds=Seeds(socials=[Social("Acme", "Firm"), Social("11", "Team", TO_TUESDAY), Social("99", "Club")])
    )
    tuesday = MONDAY + timedelta(days=1)
    assert [categories.social_of_project(1, day, life) for day in (MONDAY, tuesday)] == ["Team", "Firm"]
    assert categories.social_of_project(3, MONDAY, life) == "Club"


@pytest.mark.parametrize(
    ("title", "calendar_id", "color_id", "expected"),
    [
        ("Big TEAM lunch", ME, "5", "Meals"),
        ("Team", ME, "5", "Meetings"),
        (None, ME, "5", "Untitled"),
        ("Work", ME, "5", "Work"),
        ("work", ME, "5", "Yellow"),
        ("Gone", SHARED, None, "Together"),
        ("Untracked", ME, "5", "Uncategorized"),
        ("Movie", "other@example.test", "6", "Elsewhere"),
        ("Movie", ME, None, "Uncategorized"),
        ("Later", ME, None, "Uncategorized"),
    ],
)
def test_an_events_category(title: str | None, calendar_id: str, color_id: str | None, expected: str) -> None:
    seeds = Seeds(
        rules=[
            Rule(20, "team", "Meetings"),
            Rule(10, "lunch|dinner", "Meals"),
            Rule(30, "^$", "Untitled"),
            Rule(1, "later", "Wrong", FROM_TUESDAY),
        ],
        mappings=[
            Mapping_("event_color", "5", "Yellow"),
            Mapping_("calendar", "Shared", "Together"),
            Mapping_("calendar", "other@example.test", "Elsewhere"),
        ],
    )
    life = replace(PEOPLE, seeds=seeds, listings=[Listing(SHARED, "Shared", LONG_AGO)])
    assert (
        categories.of_event(Event("e", at("09:00"), at("10:00"), title, calendar_id, color_id), MONDAY, life)
        == expected
    )


def test_of_several_projects_of_a_title_the_active_one_with_the_smallest_id() -> None:
    twin = categories.project_of_title(event("09:00", "10:00", "Twin"), PEOPLE)
    assert twin is not None
    assert twin.project_id == 3


@pytest.mark.parametrize(
    ("line", "entries", "events"),
    [
        (Private("project", "Work"), [1], ["Work"]),
        (Private("project", "1"), [1], ["Work"]),
        (Private("project", "Twin"), [2, 3, 4], ["Twin"]),
        (Private("project", "3"), [3], ["Twin"]),
        (Private("project", "Gone"), [5], ["Gone"]),
        (Private("project", "Movie"), [], ["Movie"]),
        (Private("client", "Acme"), [1], ["Work"]),
        (Private("client", "99"), [3], ["Twin"]),
        (Private("calendar", ME), [], ["Work", "Twin", "Gone", "Movie", None]),
        (Private("calendar", "Shared"), [], []),
        (Private("client", "Work"), [], []),
    ],
)
def test_what_a_line_makes_private(line: Private, entries: Sequence[int], events: Sequence[str | None]) -> None:
    titles = ["Work", "Twin", "Gone", "Movie", None]
    planned_ = {title: Event("e", at("09:00"), at("10:00"), title) for title in titles}
    versions = [Version(each, LONG_AGO) for each in planned_.values()]
    listings = [Listing(SHARED, "Shared", LONG_AGO)]
    life = replace(PEOPLE, seeds=Seeds(private=[line]), versions=versions, listings=listings)
    assert [number for number in (1, 2, 3, 4, 5, 7, None) if privacy.of_entry(number, life)] == entries
    assert [title for title, each in planned_.items() if privacy.of_event(each, life)] == events


def test_a_plan_is_private_by_its_own_mark_or_the_last_there_was() -> None:
    plain, eight, nine = event("09:00", "10:00"), at("08:00"), at("09:00")
    private, secret = replace(plain, visibility="private"), replace(plain, visibility="confidential")

    def marks(*versions: Version) -> list[bool]:
        return [privacy.of_event(version.event, replace(LIFE, versions=versions)) for version in versions]

    assert marks(Version(plain, LONG_AGO, eight), Version(private, eight)) == [True, True]
    assert marks(Version(secret, LONG_AGO, eight), Version(plain, eight)) == [True, False]
    cancelled = Version(replace(plain, is_cancelled=True), nine)
    assert marks(Version(plain, LONG_AGO, eight), Version(private, eight, nine), cancelled)[0]
    assert marks(Version(plain, LONG_AGO, eight), Version(plain, eight, None, is_tombstone=True)) == [False, False]


def test_a_day_is_frozen_if_one_calendar_was_known_over_all_of_it_at_the_cutoff() -> None:
    midnight, noon, end = at("00:00"), at("12:00"), at("00:00", date(2026, 3, 3))
    morning, evening = Coverage(ME, midnight, noon, at("04:00")), Coverage(ME, noon, end, at("03:00"))
    assert plan.basis(the_day(), replace(LIFE, coverage=[morning, evening])) == "frozen"
    assert plan.basis(the_day(), replace(LIFE, coverage=[morning, replace(evening, calendar_id=SHARED)])) == "current"
    a_second_later = replace(morning, known_at=at("04:00") + timedelta(seconds=1))
    assert plan.basis(the_day(), replace(LIFE, coverage=[a_second_later, evening])) == "current"
    assert plan.basis(the_day(), replace(LIFE, coverage=[a_second_later, evening], plan_cutoff=time(4, 30))) == "frozen"
    assert plan.basis(the_day(), replace(LIFE, coverage=[morning])) == "current"


def test_the_frozen_plan_is_what_was_known_at_the_cutoff() -> None:
    cutoff = at("04:00")
    second = timedelta(seconds=1)
    versions = [
        Version(event("09:00", "10:00", "Seen in time"), cutoff),
        Version(event("10:00", "11:00", "Seen too late"), cutoff + second),
        Version(event("11:00", "12:00", "Replaced in time"), LONG_AGO, cutoff),
        Version(event("12:00", "13:00", "Replaced too late"), LONG_AGO, cutoff + second),
        Version(event("13:00", "14:00", "Buried"), LONG_AGO, None, is_tombstone=True),
        Version(replace(event("14:00", "15:00", "Cancelled"), is_cancelled=True), LONG_AGO),
        Version(replace(event("15:00", "16:00", "Declined"), is_declined=True), LONG_AGO),
        Version(replace(event("16:00", "17:00", "Free"), is_transparent=True), LONG_AGO),
        Version(replace(event("17:00", "18:00", "Office"), event_type="workingLocation"), LONG_AGO),
        Version(replace(event("18:00", "19:00", "Birthday"), event_type="birthday"), LONG_AGO),
        Version(Event("e", MONDAY, MONDAY + timedelta(days=1), "All day"), LONG_AGO),
        Version(event("20:00", "20:00", "Nothing"), LONG_AGO),
    ]
    assert planned(replace(LIFE, versions=versions)) == [("09:00", "Seen in time"), ("12:00", "Replaced too late")]


@pytest.mark.parametrize(
    ("listings", "then", "now"),
    [
        ([], True, True),
        ([Listing(ME, "Me", at("05:00"), is_tombstone=True)], True, False),
        ([Listing(ME, "Me", LONG_AGO), Listing(ME, "Me", at("05:00"), is_deleted=True)], True, False),
        ([Listing(ME, "Me", LONG_AGO, at("05:00"), is_deleted=True), Listing(ME, "Me", at("05:00"))], False, True),
        ([Listing(ME, "Me", LONG_AGO, at("04:00"), is_tombstone=True), Listing(ME, "Me", at("04:00"))], True, True),
    ],
)
def test_only_calendars_that_were_in_the_list_count(listings: Sequence[Listing], *, then: bool, now: bool) -> None:
    listings = [replace(row, superseded_at=listings[1].seen_at) if row is not listings[-1] else row for row in listings]
    life = replace(LIFE, versions=[Version(event("09:00", "10:00"), LONG_AGO)], listings=listings)
    assert (bool(plan.frozen(the_day(), life)), bool(plan.current(the_day(), life))) == (then, now)


def test_replanned_is_what_is_in_just_one_of_the_two_plans_by_category() -> None:
    """Frozen: Work 9 to 11; now: Work 10 to 12 and, twice over, Mail 10 to 10:30. 1 h + 1 h + 0.5 h."""
    versions = [
        Version(event("09:00", "11:00"), LONG_AGO, at("08:00")),
        Version(event("10:00", "12:00"), at("08:00")),
        Version(event("10:00", "10:30", "Mail", event_id="a"), at("08:00")),
        Version(event("10:00", "10:20", "Mail", event_id="b"), at("08:00")),
    ]
    entries = [Entry(at("08:00"), 1, at("10:30"), 1)]
    projects = [Project(1, "Work"), Project(2, "Mail")]
    life = replace(LIFE, versions=versions, entries=entries, projects=projects, coverage=[covered(LONG_AGO)])
    frozen = summary(life)
    assert (frozen["basis"], frozen["planned"], frozen["replanned"]) == ("frozen", 7200, 9000)
    assert frozen["adherence"] == Decimal("0.750000")
    current = summary(replace(life, coverage=[covered(at("08:00"))]))
    assert (current["basis"], current["planned"], current["replanned"]) == ("current", 9000, 0)
    assert current["adherence"] == Decimal("0.200000")


def test_a_plan_that_was_dropped_after_the_cutoff_keeps_its_day() -> None:
    """A frozen plan is a plan, although the calendar as it is now holds nothing."""
    versions = [Version(event("09:00", "10:00"), LONG_AGO, at("05:00"))]
    life = replace(LIFE, now=at("06:00"), versions=versions, coverage=[covered(LONG_AGO)])
    rows = marts_of(life).daily_summary
    assert [row[0] for row in rows] == [MONDAY, MONDAY + timedelta(days=1)]
    assert summary(life)["replanned"] == 3600


def test_a_day_is_partial_until_every_configured_source_was_read_after_it() -> None:
    end = at("00:00", date(2026, 3, 3))
    life = replace(LIFE, entries=[Entry(at("09:00"), 1, at("10:00"))])
    partial = [
        summary(replace(life, sources=sources))["partial"]
        for sources in (
            [],
            [Source("toggl", end), Source("gcal", None, is_configured=False)],
            [Source("toggl", end), Source("gcal", end - timedelta(seconds=1))],
            [Source("toggl", None)],
        )
    ]
    assert partial == [False, False, True, True]


def test_targets_estimates_and_achievements_of_a_weekday_and_a_holiday() -> None:
    """Mondays of 1 h, 2 h and 1 s, 0 (an hour of another project); Monday the 23rd is a holiday."""
    mondays = [date(2026, 2, 9), date(2026, 2, 16), date(2026, 2, 23), MONDAY]
    stops = [time(10), time(11, 0, 1), time(10), time(10)]
    entries = [
        Entry(at("09:00", day), number, datetime.combine(day, stop, TOKYO), 2 if number == 2 else 1)
        for number, (day, stop) in enumerate(zip(mondays, stops, strict=True))
    ]
    targets = [
        Target("Work", None, "less", 3599),
        Target("Work", "weekday", "more", 3600, Valid(until=date(2026, 2, 16))),
        Target("Rest", "holiday", "neutral", 60),
    ]
    life = replace(
        LIFE,
        entries=entries,
        projects=[Project(1, "Work"), Project(2, "Mail")],
        holidays=[mondays[2]],
        seeds=Seeds(targets=targets, coarse={"Work": "Duties"}),
    )
    rows = {(row[0], row[1]): row[2:] for row in marts_of(life).daily_category}
    #                             coarse, raw, actual, planned, overlap, target, direction, estimate, achieved
    assert rows[mondays[0], "Work"] == ("Duties", 3600, 3600, 0, 0, 3600, "more", None, True)
    assert rows[mondays[1], "Work"] == ("Duties", 7201, 7201, 0, 0, 3599, "less", None, False)
    assert rows[mondays[2], "Work"] == ("Duties", 0, 0, 0, 0, 3599, "less", 5401, True)  # 5400.5, rounded up
    assert rows[mondays[2], "Rest"] == (None, 0, 0, 0, 0, 60, "neutral", 0, None)
    assert rows[MONDAY, "Work"] == ("Duties", 3600, 3600, 0, 0, 3599, "less", 3600, False)  # 10801 / 3
    assert (MONDAY, "Rest") not in rows
