"""Marts become a `WeeklyReport`: every figure, word and colour of one week's page."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tasks.marts.periods import WeekMarts
from tasks.report import lettering, overview
from tasks.report.comparison import categories, comparison
from tasks.report.files import release
from tasks.report.freshness import sources
from tasks.report.losses import repeated_losses
from tasks.report.naming import Naming
from tasks.report.next_week import next_week
from tasks.report.nights import nights
from tasks.report.period_in_words import PeriodInWords
from tasks.report.periods import WeeklyReport
from tasks.report.ribbons import ribbons
from tasks.report.score import share_of
from tasks.report.timeline import DayInWords

LOSSES = 8


def build_weekly(
    marts: WeekMarts, *, zone: ZoneInfo, locale: Literal["ja", "en"], generated_at: datetime, demo: bool = False
) -> WeeklyReport:
    """Turn one week's marts into all that its page says.

    `generated_at` is aware, clock times are shown in `zone`; the page of a `demo` says that its life is invented.
    """
    words = lettering.language(locale)
    naming = Naming(marts.shown, words)
    told = PeriodInWords(marts, "weekly", zone, naming, generated_at)
    days = {day.day: DayInWords(day, zone, naming) for day in marts.days}
    week, found = marts.summary, categories(marts, naming)
    fresh = sources(marts.sources, until=told.until, generated_at=generated_at, words=words, zone=zone)
    return WeeklyReport(
        date=marts.span.first,
        last_date=marts.span.last,
        timezone=zone.key,
        locale=locale,
        partial=week.partial or not told.is_over,
        demo=demo,
        generated_at=generated_at.astimezone(zone),
        generated=words.say("generated", moment=words.moment(generated_at.astimezone(zone))),
        release=release(),
        title=words.week_title(marts.span.first),
        subtitle=overview.subtitle(told),
        headline=overview.headline(told, found),
        notices=overview.notices(told, fresh),
        gist=overview.gist(told, found),
        score=overview.score(told),
        figures=overview.figures(told),
        sources=fresh,
        footer=overview.footer(told, _days_of_the_year(marts, words), demo=demo),
        days=week.days,
        day_seconds=week.day_seconds,
        tracked_seconds=week.tracked_seconds,
        untracked_seconds=week.untracked_seconds,
        planned_seconds=week.planned_seconds,
        replanned_seconds=week.replanned_seconds,
        nights=week.nights,
        asleep_seconds=week.asleep_seconds,
        adherence=share_of(week.adherence),
        categories=found,
        table=comparison(told, found),
        losses=repeated_losses(days, marts.outcomes, most=LOSSES),
        ribbons=ribbons(marts, days, naming),
        sleep=nights(told, marts),
        next_week=next_week(marts, naming),
    )


def _days_of_the_year(marts: WeekMarts, words: lettering.Language) -> str:
    first, last = (day.timetuple().tm_yday for day in (marts.span.first, marts.span.last))
    return words.say("days_numbers", first=first, last=last)
