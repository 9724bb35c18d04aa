"""Marts become a `MonthlyReport`: every figure, word and colour of one month's page."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tasks.marts.periods import MonthMarts
from tasks.report import lettering, overview
from tasks.report.comparison import categories, comparison
from tasks.report.files import release
from tasks.report.freshness import sources
from tasks.report.losses import repeated_losses
from tasks.report.month_grid import calendar
from tasks.report.naming import Naming
from tasks.report.period_in_words import PeriodInWords
from tasks.report.periods import MonthlyReport
from tasks.report.score import share_of
from tasks.report.standouts import standing, standouts
from tasks.report.timeline import DayInWords
from tasks.report.twelve_months import twelve_months

LOSSES = 7


def build_monthly(
    marts: MonthMarts, *, zone: ZoneInfo, locale: Literal["ja", "en"], generated_at: datetime, demo: bool = False
) -> MonthlyReport:
    """Turn one month's marts into all that its page says.

    `generated_at` is aware, clock times are shown in `zone`; the page of a `demo` says that its life is invented.
    """
    words = lettering.language(locale)
    naming = Naming(marts.shown, words)
    told = PeriodInWords(marts, "monthly", zone, naming, generated_at)
    days = {day.day: DayInWords(day, zone, naming) for day in marts.days}
    month, found = marts.summary, categories(marts, naming)
    notable = standing(marts)
    fresh = sources(marts.sources, until=told.until, generated_at=generated_at, words=words, zone=zone)
    return MonthlyReport(
        date=marts.span.first,
        last_date=marts.span.last,
        timezone=zone.key,
        locale=locale,
        partial=month.partial or not told.is_over,
        demo=demo,
        generated_at=generated_at.astimezone(zone),
        generated=words.say("generated", moment=words.moment(generated_at.astimezone(zone))),
        release=release(),
        title=words.month_title(marts.span.first),
        subtitle=overview.subtitle(told),
        headline=overview.headline(told, found),
        notices=overview.notices(told, fresh),
        gist=overview.gist(told, found),
        score=overview.score(told),
        figures=overview.figures(told),
        sources=fresh,
        footer=overview.footer(told, _weeks_of_the_year(marts, words), demo=demo),
        days=month.days,
        day_seconds=month.day_seconds,
        tracked_seconds=month.tracked_seconds,
        untracked_seconds=month.untracked_seconds,
        planned_seconds=month.planned_seconds,
        replanned_seconds=month.replanned_seconds,
        nights=month.nights,
        asleep_seconds=month.asleep_seconds,
        adherence=share_of(month.adherence),
        categories=found,
        table=comparison(told, found),
        losses=repeated_losses(days, marts.outcomes, most=LOSSES),
        calendar=calendar(marts, notable, naming),
        standouts=standouts(marts, notable, naming),
        twelve_months=twelve_months(told),
    )


def _weeks_of_the_year(marts: MonthMarts, words: lettering.Language) -> str:
    first, last = (day.isocalendar().week for day in (marts.span.first, marts.span.last))
    return words.say("weeks_numbers", first=first, last=last)
