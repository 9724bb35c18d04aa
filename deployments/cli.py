"""The command line `lifetracer`: each command says what it does as it does it, and fails in one or two sentences."""

import os
import sys
import traceback
from datetime import date, datetime
from typing import Annotated

import typer
from typer.models import OptionInfo

from deployments.console import output, print_error
from tasks.errors import InputError, LifetracerError
from tasks.settings import PROJECT_ROOT, Settings, load_settings

app = typer.Typer(
    help="Where did yesterday go, compared with what I meant to do? One page, every morning.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

auth = typer.Typer(help="Sign in to a source.", no_args_is_help=True)
app.add_typer(auth, name="auth")


def _as_date(text: str) -> date:
    return _parsed(text, "is no date; write it as YYYY-MM-DD.", "%Y-%m-%d")


def _as_day_of_week(text: str) -> date:
    fault = "is no week; write it as YYYY-Www, counted as in ISO 8601, or as any of its days, YYYY-MM-DD."
    return _parsed(f"{text}-1" if "W" in text else text, fault, "%G-W%V-%u", "%Y-%m-%d")


def _as_day_of_month(text: str) -> date:
    return _parsed(text, "is no month; write it as YYYY-MM.", "%Y-%m", "%Y-%m-%d")


def _parsed(text: str, fault: str, *formats: str) -> date:
    for each in formats:
        try:
            return datetime.strptime(text, each).date()  # noqa: DTZ007 - a local day has no zone
        except ValueError:
            continue
    message = f"{text.removesuffix('-1') if 'W' in text else text} {fault}"
    raise typer.BadParameter(message)


def _day_option(name: str, help_text: str) -> OptionInfo:
    option: OptionInfo = typer.Option(name, parser=_as_date, metavar="YYYY-MM-DD", help=help_text)
    return option


_DATE = _day_option("--date", "Only this day, in your zone.")
_WEEK: OptionInfo = typer.Option("--week", parser=_as_day_of_week, metavar="YYYY-Www", help="The page of this week.")
_MONTH: OptionInfo = typer.Option("--month", parser=_as_day_of_month, metavar="YYYY-MM", help="The page of this month.")


@app.command()
def demo() -> None:
    """Show all of it on an invented life, no account needed."""
    from deployments.demo import run_demo

    _list_recent_pages(run_demo())


@app.command()
def run(day: Annotated[date | None, _DATE] = None) -> None:
    """Make the daily report now: sync, marts, missing pages."""
    from deployments.local_run import run_flow

    settings = load_settings()
    _refuse_future(day, settings)
    run_flow("flows.daily_report:daily_report", settings, {"date": day})
    _list_recent_pages(settings)


@app.command()
def sync(source: Annotated[str, typer.Argument(help="toggl or gcal")]) -> None:
    """Bring the mirror of one source up to date."""
    from deployments.local_run import run_flow

    run_flow("flows.sync:sync", load_settings(), {"source": source})


@app.command()
def backfill(
    first: Annotated[date | None, _day_option("--from", "The first day; without it, your account's first.")] = None,
    last: Annotated[date | None, _day_option("--to", "The last day; without it, today.")] = None,
    *,
    oldest_first: Annotated[bool, typer.Option("--oldest-first", help="Begin with the oldest days.")] = False,
    reports: Annotated[bool, typer.Option("--reports", help="Set the page of each of these days, too.")] = False,
) -> None:
    """Read Toggl's older history, and build the marts; begun again it goes on where it was."""
    from deployments.local_run import run_flow
    from flows.history import refuse_backwards

    settings = load_settings()
    for day in (first, last):
        _refuse_future(day, settings)
    refuse_backwards(first, last)
    asked = {"from_date": first, "to_date": last, "oldest_first": oldest_first, "reports": reports}
    run_flow("flows.history:backfill", settings, asked)


@app.command()
def reconcile() -> None:
    """Compare all that is stored of Toggl with its reports, and put it right."""
    from deployments.local_run import run_flow

    run_flow("flows.history:reconcile", load_settings())


@app.command()
def report(
    day: Annotated[date | None, _day_option("--date", "The page of this day, in your zone.")] = None,
    week: Annotated[date | None, _WEEK] = None,
    month: Annotated[date | None, _MONTH] = None,
) -> None:
    """Set the page of a day, a week or a month from the marts as they are."""
    from deployments.local_run import run_flow

    asked = {"daily": day, "weekly": week, "monthly": month}
    given = {edition: first for edition, first in asked.items() if first is not None}
    if len(given) != 1:
        raise InputError("It is not clear which page is wanted.", "Give one of --date, --week and --month.")
    settings = load_settings()
    ((edition, first),) = given.items()
    _refuse_future(first, settings)
    run_flow("flows.report:report", settings, {"date": first, "edition": edition})


@app.command()
def migrate() -> None:
    """Create or update the tables in the database."""
    from tasks.database import open_database

    with open_database(load_settings()) as database:
        applied = ", ".join(database.applied) or "nothing to do"
        output.print(f"{database.place}: {applied}", markup=False)


@app.command()
def up(port: Annotated[int, typer.Option(help="Where Prefect's UI and API listen, on 127.0.0.1.")] = 4200) -> None:
    """Run everything in this terminal; Ctrl-C stops it."""
    from deployments.up import run_until_interrupted

    run_until_interrupted(load_settings(), port)


@auth.command()
def google(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where the browser brings the answer, on 127.0.0.1; 0 is any.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page by itself, or only print its address.")] = True,  # noqa: FBT002
) -> None:
    """Let lifetracer read your Google calendars; writes GOOGLE_REFRESH_TOKEN."""
    from deployments.google_sign_in import open_in_browser, open_nothing, sign_in_to_google

    sign_in_to_google(port, open_in_browser if browser else open_nothing)


def main() -> None:
    """Run the command line; exit code 0 only on success."""
    # Prefect finds its settings in the project's pyproject.toml, and paths are relative to the project.
    os.chdir(PROJECT_ROOT)
    # Prefect would print a traceback for each failure; its server keeps them, the terminal gets our sentence.
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "CRITICAL"
    os.environ["DO_NOT_TRACK"] = "1"
    try:
        app()
    except LifetracerError as error:
        print_error(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - a person gets a sentence, the file gets the traceback
        print_error(_unforeseen(error))
        sys.exit(1)


def _unforeseen(error: Exception) -> LifetracerError:
    crash = PROJECT_ROOT / ".lifetracer" / "crash.log"
    crash.parent.mkdir(parents=True, exist_ok=True)
    crash.write_text("".join(traceback.format_exception(error)))
    return LifetracerError(
        f"Something unforeseen happened: {type(error).__name__}: {error}",
        f"It is safe to try again. The details are in {crash}.",
    )


def _refuse_future(day: date | None, settings: Settings) -> None:
    from flows.report import refuse_future

    refuse_future(day, settings)


def _list_recent_pages(settings: Settings) -> None:
    from flows.report import recent_pages

    for path in recent_pages(settings):
        output.print(str(path), markup=False)


if __name__ == "__main__":
    main()
