"""`lifetracer auth google`: a person allows lifetracer to read their calendars, and the settings file learns it."""

import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from deployments.console import output
from tasks.errors import CredentialsError, SettingsError
from tasks.google_calendar import SOURCE, CalendarClient
from tasks.google_calendar.calendars import choose_among
from tasks.google_calendar.consent import ConsentRequest, Granted
from tasks.google_calendar.landing import landing_page
from tasks.google_calendar.loopback import Loopback, Visit
from tasks.settings import GoogleClient, Locale, Settings, load_settings, load_settings_before_consent
from tasks.settings_file import save_setting, writable_settings_file

WAIT_SECONDS = 300.0
_VARIABLE = "GOOGLE_REFRESH_TOKEN"
_BEFORE = (
    "Google is about to ask whether lifetracer may read your calendars, which is all that it can do with them.\n"
    'First see that your OAuth app is published: given while its status is "Testing", a token dies after 7 days,\n'
    "and publishing later does not cure it. The status is at https://console.cloud.google.com/auth/audience\n"
)


def sign_in_to_google(port: int, browse: Callable[[str], bool], *, wait_seconds: float = WAIT_SECONDS) -> None:
    """Ask for consent in a browser, write the refresh token into the settings file, and show what it opens.

    `port` of 127.0.0.1 receives the answer; 0 is any free one. `browse` opens an address and tells whether it could.
    Raises LifetracerError, with nothing written, when no token comes of it.
    """
    settings = load_settings_before_consent()
    file = writable_settings_file()
    client = _client(settings, file)
    with Loopback(port) as loopback:
        request = ConsentRequest(client, loopback.redirect_uri)
        _say(_BEFORE)
        _invite(request.address, loopback.port, browse)
        visit = loopback.wait(wait_seconds)
        if visit is None:
            raise CredentialsError(
                SOURCE,
                f"No answer came from the browser within {wait_seconds / 60:.0f} minutes.",
                "Run `lifetracer auth google` again; a browser on another machine needs the ssh that it names.",
            )
        with _told_in_the_browser(visit, settings.lifetracer_locale):
            granted = request.redeem(visit.query)
            save_setting(_VARIABLE, granted.refresh_token.get_secret_value())
    _tell(granted, file, settings)
    _show_calendars(granted)


def open_in_browser(address: str) -> bool:
    """Open an address in the person's browser; whether there is one."""
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    # A browser that runs in this terminal would take it over.
    if isinstance(browser, webbrowser.GenericBrowser) and not isinstance(browser, webbrowser.BackgroundBrowser):
        return False
    return browser.open(address)


def open_nothing(_address: str) -> bool:
    """Leave it to the person to open the address."""
    return False


def _client(settings: Settings, file: Path) -> GoogleClient:
    if settings.google_service_account_file is not None:
        raise SettingsError(
            "GOOGLE_SERVICE_ACCOUNT_FILE is set, and a service account needs no consent.",
            "Share your calendars with its address, or unset the variable to sign in as yourself.",
        )
    if settings.google_client is None:
        raise SettingsError(
            "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET are not both set.",
            "In a project of yours at https://console.cloud.google.com enable the Google Calendar API and make an"
            f' OAuth client of type "Desktop app", then write its id and its secret into {file}.',
        )
    return settings.google_client


def _invite(address: str, port: int, browse: Callable[[str], bool]) -> None:
    if browse(address):
        _say("Your browser should have opened. If not, open this address yourself:")
    else:
        _say(
            f"If your browser is on another machine, connect the two first: ssh -L {port}:127.0.0.1:{port} THIS_MACHINE"
            "\n(--port N keeps that number the same from one time to the next). Then open this address in it:"
        )
    _say(f"\n{address}\n\nWaiting for your answer, for 5 minutes at most.")


@contextmanager
def _told_in_the_browser(visit: Visit, locale: Locale) -> Iterator[None]:
    """Show in the browser how it went inside."""
    signed_in = False
    try:
        yield
        signed_in = True
    finally:
        visit.answer(landing_page(locale, signed_in=signed_in))


def _tell(granted: Granted, file: Path, settings: Settings) -> None:
    _say(f"Signed in. {_VARIABLE} is now in {file}, which only you can read.")
    if granted.lives is not None:
        dies = datetime.now(settings.zone) + granted.lives
        _say(
            f"Google lets this token die on {dies:%Y-%m-%d at %H:%M}, as it does while the app is in testing:"
            " publish it and run this again before then."
        )
    if load_settings().google_refresh_token != granted.refresh_token:
        _say(
            f"But {_VARIABLE} is set in the environment, too, which wins over the file: unset it there, and start anew"
            " what runs with it, or the old token stays in use."
        )


def _show_calendars(granted: Granted) -> None:
    access = load_settings(google_refresh_token=granted.refresh_token).google
    if access is None:
        return
    with CalendarClient(access) as client:
        listed = client.calendar_list()
    chosen = choose_among(listed, access.calendar_ids)
    _say(f"Google shows {len(listed)} calendars, of which lifetracer reads those marked:")
    for entry in listed:
        _say(f"  {'*' if entry['id'] in chosen else ' '} {entry.get('summaryOverride') or entry.get('summary')}")
    for unknown in sorted({*chosen} - {str(entry["id"]) for entry in listed}):
        _say(f"  ? {unknown}, which GOOGLE_CALENDAR_IDS names, is not among them")


def _say(text: str) -> None:
    output.print(text, markup=False)
