"""The marts of a life, row by row, as the time rules define them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.dbt.oracle import categories, plan, privacy, tracking
from tests.dbt.oracle.categories import UNTRACKED
from tests.dbt.oracle.clock import ONE_DAY, Day, local_days
from tests.dbt.oracle.life import Entry, Event, Life, Target
from tests.dbt.oracle.plan import Planned, Span
from tests.dbt.oracle.tracking import Stretch, Tracked

ESTIMATING_DAYS = 4
Row = tuple[object, ...]


@dataclass(frozen=True)
class DayFigures:
    """What one day holds, before it is compared with others."""

    day: Day
    stretches: Sequence[Stretch]
    plan_basis: str
    plans: Sequence[Planned]
    raw: Counter[str]
    actual: Counter[str]
    planned: Counter[str]
    overlap: Counter[str]
    replanned: int

    @property
    def tracked(self) -> int:
        """Owned seconds."""
        return self.actual.total() - self.actual[UNTRACKED]

    @property
    def adherence(self) -> Decimal | None:
        """The share of the plan that was kept, six decimals."""
        if not self.planned.total():
            return None
        share = Decimal(self.overlap.total()) / self.planned.total()
        return share.quantize(Decimal("1e-6"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Marts:
    """The rows of the marts that hold figures, columns in the order of their contracts."""

    daily_category: Sequence[Row]
    daily_summary: Sequence[Row]
    daily_timeline: Sequence[Row]
    daily_social: Sequence[Row]


def marts_of(life: Life) -> Marts:
    """All of them, for every local day from the first with an entry or a plan to the later of tomorrow and the last."""
    entries = tracking.live_entries(life)
    days = [_figures(day, entries, life) for day in _days(entries, life)]
    return Marts(
        daily_category=[row for figures in days for row in _category_rows(figures, days, life)],
        daily_summary=[_summary_row(figures, life) for figures in days],
        daily_timeline=[row for figures in days for row in _timeline_rows(figures, life)],
        daily_social=[row for figures in days for row in _social_rows(figures, life)],
    )


def _days(entries: Sequence[Tracked], life: Life) -> Sequence[Day]:
    timed = [version.event for version in life.versions if plan.counts(version.event)]
    times = [at for each in entries for at in (each.start, each.stop)]
    times += [at for event in timed for at in (event.start_at, event.stop_at)]
    if not times:
        return []
    around = local_days(life.zone, min(*times, life.now), max(*times, life.now))
    tomorrow = life.now.astimezone(life.zone).date() + ONE_DAY
    held = [
        day.date
        for day in around
        if any(day.holds(each.start, each.stop) for each in entries)
        or plan.current(day, life)
        or (plan.basis(day, life) == "frozen" and plan.frozen(day, life))
    ]
    return [day for day in around if held and min(held) <= day.date <= max(*held, tomorrow)]


def _figures(day: Day, entries: Sequence[Tracked], life: Life) -> DayFigures:
    def of_entry(entry: Entry | None) -> str:
        return UNTRACKED if entry is None else categories.of_project(entry.project_id, day.date, life)

    def of_event(event: Event) -> str:
        return categories.of_event(event, day.date, life)

    stretches = tracking.stretches(day, entries, life)
    plan_basis, now = plan.basis(day, life), plan.current(day, life)
    plans = plan.frozen(day, life) if plan_basis == "frozen" else now
    spans = plan.by_category(plans, of_event)
    actual: Counter[str] = Counter()
    for stretch in stretches:
        actual[of_entry(stretch.owner)] += stretch.seconds
    return DayFigures(
        day=day,
        stretches=stretches,
        plan_basis=plan_basis,
        plans=plans,
        raw=tracking.raw_seconds(day, entries, of_entry),
        actual=actual,
        planned=Counter({category: plan.union(day, mine) for category, mine in spans.items()}),
        overlap=Counter(
            {
                category: _common(day, mine, [stretch for stretch in stretches if of_entry(stretch.owner) == category])
                for category, mine in spans.items()
            }
        ),
        replanned=plan.difference(spans, plan.by_category(now, of_event), day),
    )


def _common(day: Day, spans: Sequence[Span], owned: Sequence[Stretch]) -> int:
    """How long what was planned was also done."""
    done = [(stretch.start, stretch.end) for stretch in owned]
    return plan.length(lambda at: plan.within(at, spans) and plan.within(at, done), day, [*spans, *done])


def _category_rows(figures: DayFigures, days: Sequence[DayFigures], life: Life) -> Iterable[Row]:
    """A row for each category with raw, owned or planned time or a target."""
    day = figures.day.date
    targets = _targets(day, life)
    estimates = _estimates(day, days)
    for category in {*figures.raw, *figures.actual, *figures.planned, *targets}:
        target, actual = targets.get(category), figures.actual[category]
        yield (
            day,
            category,
            life.seeds.coarse.get(category),
            figures.raw[category],
            actual,
            figures.planned[category],
            figures.overlap[category],
            target and target.seconds,
            target and target.direction,
            None if estimates is None else estimates.get(category, 0),
            target and _achieved(target, actual),
        )


def day_type(day: date, life: Life) -> str:
    """`holiday` on weekends and national holidays, else `weekday`."""
    return "holiday" if day.isoweekday() in {6, 7} or day in life.holidays else "weekday"


def _targets(day: date, life: Life) -> Mapping[str, Target]:
    """The targets of a day: one for its own kind of day before one for every day."""
    valid = [target for target in life.seeds.targets if target.valid.on(day)]
    every_day = {target.category: target for target in valid if target.day_type is None}
    own_kind = {target.category: target for target in valid if target.day_type == day_type(day, life)}
    return every_day | own_kind


def _achieved(target: Target, actual: int) -> bool | None:
    if target.direction == "neutral":
        return None
    return actual >= target.seconds if target.direction == "more" else actual <= target.seconds


def _estimates(day: date, days: Sequence[DayFigures]) -> Mapping[str, int] | None:
    """The mean of the last tracked days of the same weekday, by category; a single one tells nothing."""
    alike = [
        past for past in days if past.day.date < day and past.day.date.isoweekday() == day.isoweekday() and past.tracked
    ]
    known = alike[-ESTIMATING_DAYS:]
    if len(known) <= 1:
        return None
    sums: Counter[str] = Counter()
    for past in known:
        sums.update(past.actual)
    return {
        category: int((Decimal(total) / len(known)).quantize(Decimal(1), ROUND_HALF_UP))
        for category, total in sums.items()
    }


def _summary_row(figures: DayFigures, life: Life) -> Row:
    return (
        figures.day.date,
        day_type(figures.day.date, life),
        figures.day.seconds,
        figures.tracked,
        figures.actual[UNTRACKED],
        figures.planned.total(),
        figures.replanned,
        figures.plan_basis,
        figures.adherence,
        any(source.as_of is None or source.as_of < figures.day.end for source in life.sources if source.is_configured),
    )


def _timeline_rows(figures: DayFigures, life: Life) -> Iterable[Row]:
    """Both lanes: owned stretches with what nobody owns among them, and planned events one by one."""
    day = figures.day.date
    for stretch in figures.stretches:
        entry = stretch.owner
        if entry is None:
            yield (day, "actual", stretch.start, stretch.end, UNTRACKED, None, None, None, UNTRACKED, None, None, False)
            continue
        project = categories.project_of(entry.project_id, life)
        category = categories.of_project(entry.project_id, day, life)
        social = categories.social_of_project(entry.project_id, day, life)
        names = (entry.title or None, project and project.name, str(entry.entry_id))
        whole = (entry.start, tracking.stop_of(entry, life), privacy.of_entry(entry.project_id, life))
        yield (day, "actual", stretch.start, stretch.end, category, *names, social, *whole)
    for planned in figures.plans:
        project = categories.project_of_title(planned.event, life)
        names = (planned.event.title or None, project and project.name, planned.event.source_id)
        category = categories.of_event(planned.event, day, life)
        whole = (planned.event.start_at, planned.event.stop_at, privacy.of_event(planned.event, life))
        yield (day, "plan", planned.start, planned.end, category, *names, None, *whole)


def _social_rows(figures: DayFigures, life: Life) -> Iterable[Row]:
    day = figures.day.date
    sums: Counter[str] = Counter()
    for stretch in figures.stretches:
        owner = stretch.owner
        sums[UNTRACKED if owner is None else categories.social_of_project(owner.project_id, day, life)] += (
            stretch.seconds
        )
    return [(day, social, total) for social, total in sums.items()]
