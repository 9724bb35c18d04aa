"""National holidays, as the `holidays` library knows them, loaded where dbt can join them."""

from datetime import date

import holidays
import psycopg

FIRST_YEAR = 2000
YEARS_AHEAD = 2


def load_holidays(connection: psycopg.Connection, country: str, today: date) -> int:
    """Bring `raw.national_holidays` of `country` (ISO 3166-1 alpha-2) up to date, from 2000 to two years after `today`.

    Gives how many rows were new or had changed. A name that the library does not have in a language is given in
    the country's own.
    """
    years = range(FIRST_YEAR, today.year + YEARS_AHEAD + 1)
    english, japanese = (_names(country, years, language) for language in ("en_US", "ja"))
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("create temp table loaded (day date, name_en text, name_ja text) on commit drop")
        with cursor.copy("copy loaded from stdin") as copy:
            for day, name in sorted(english.items()):
                copy.write_row((day, name, japanese.get(day, name)))
        cursor.execute(
            """
            insert into raw.national_holidays as known (country, day, name_en, name_ja)
            select %s, loaded.day, loaded.name_en, loaded.name_ja from loaded
            on conflict (country, day) do update set name_en = excluded.name_en, name_ja = excluded.name_ja
            where (known.name_en, known.name_ja) is distinct from (excluded.name_en, excluded.name_ja)
            """,
            (country,),
        )
        changed = cursor.rowcount
        cursor.execute(
            "delete from raw.national_holidays where country = %s and day not in (select day from loaded)", (country,)
        )
        return changed + cursor.rowcount


def _names(country: str, years: range, language: str) -> dict[date, str]:
    offered = getattr(holidays, country).supported_languages
    chosen = language if language in offered else None
    return dict(holidays.country_holidays(country, years=years, language=chosen).items())
