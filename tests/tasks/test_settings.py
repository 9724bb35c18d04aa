"""Settings are documented, checked by name, and never half believed."""

import re
from pathlib import Path

import pytest

from tasks.errors import SettingsError
from tasks.settings import PROJECT_ROOT, Settings, load_settings

GOOGLE = {"google_client_id": "id", "google_client_secret": "secret", "google_refresh_token": "token"}


def test_the_example_file_documents_every_variable_and_no_other() -> None:
    example = (PROJECT_ROOT / "infra" / ".env.example").read_text()
    documented = re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE)
    assert sorted(documented) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_file_as_it_stands_gives_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIFETRACER_ENV_FILE", "infra/.env.example")
    assert load_settings() == Settings(_env_file=None)


def test_the_defaults_are_those_of_a_user_in_japan() -> None:
    settings = load_settings()
    assert (settings.lifetracer_timezone, settings.lifetracer_locale, settings.lifetracer_country) == (
        "Asia/Tokyo",
        "ja",
        "JP",
    )
    assert settings.lifetracer_home == PROJECT_ROOT / ".lifetracer"
    assert settings.lifetracer_report_dir == PROJECT_ROOT / "out"
    assert settings.toggl is None
    assert settings.google is None


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings"
    file.write_text("LIFETRACER_LOCALE=en\nLIFETRACER_COUNTRY=PT\n")
    monkeypatch.setenv("LIFETRACER_ENV_FILE", str(file))
    monkeypatch.setenv("LIFETRACER_COUNTRY", "US")
    settings = load_settings()
    assert (settings.lifetracer_locale, settings.lifetracer_country) == ("en", "US")


@pytest.mark.parametrize(
    ("variable", "value", "complaint"),
    [
        ("LIFETRACER_TIMEZONE", "Mars/Olympus", "LIFETRACER_TIMEZONE is 'Mars/Olympus', which is no IANA time zone"),
        ("LIFETRACER_LOCALE", "fr", "LIFETRACER_LOCALE is 'fr'; it can be 'ja' or 'en'"),
        ("LIFETRACER_COUNTRY", "XX", "LIFETRACER_COUNTRY is 'XX', whose holidays are not known"),
        ("DATABASE_URL", "mysql://me@host/db", "DATABASE_URL starts with 'mysql'"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not a Postgres URL"),
        (
            "DATABASE_URL",
            "postgresql://me:pw@host.pooler.supabase.com:6543/postgres",
            "DATABASE_URL points at port 6543",
        ),
        ("TOGGL_API_URL", "api.track.toggl.com", "TOGGL_API_URL is 'api.track.toggl.com'; write a URL"),
        ("SUPABASE_URL", "abc.supabase.co", "SUPABASE_URL is 'abc.supabase.co'; write a URL"),
        ("TOGGL_WORKSPACE_ID", "mine", "TOGGL_WORKSPACE_ID is 'mine', which is no whole number"),
        ("TOGGL_WORKSPACE_ID", "7", "TOGGL_WORKSPACE_ID is set, but not TOGGL_API_TOKEN"),
        ("WEBHOOK_TOKEN", "short", "WEBHOOK_TOKEN is shorter than 32 characters"),
        ("SUPABASE_SERVICE_ROLE_KEY", "key", "SUPABASE_SERVICE_ROLE_KEY is set, but not SUPABASE_URL"),
    ],
)
def test_a_senseless_variable_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=re.escape(complaint)):
        load_settings()


@pytest.mark.parametrize("missing", GOOGLE)
def test_a_half_set_google_account_names_what_is_missing(missing: str) -> None:
    given = {name: value for name, value in GOOGLE.items() if name != missing}
    with pytest.raises(SettingsError, match=f"but not {missing.upper()}"):
        load_settings(**given)


def test_two_ways_into_google_at_once_are_refused() -> None:
    with pytest.raises(SettingsError, match="set up twice"):
        load_settings(**GOOGLE, google_service_account_file=Path("key.json"))


def test_several_faults_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(lifetracer_timezone="Nowhere", lifetracer_locale="xx")
    assert "LIFETRACER_TIMEZONE" in str(caught.value)
    assert "LIFETRACER_LOCALE" in str(caught.value)


def test_calendar_ids_are_split_at_commas() -> None:
    settings = load_settings(**GOOGLE, google_calendar_ids="me@example.test, work@example.test,")
    assert settings.google is not None
    assert settings.google.calendar_ids == ("me@example.test", "work@example.test")


def test_notify_urls_are_split_between_addresses_and_not_within_one() -> None:
    settings = load_settings(
        notify_urls="json://a.test/x, mailto://me:pw@b.test?to=c@d.test,e@f.test,discord://1234/abc,"
    )
    assert [url.get_secret_value() for url in settings.notify_urls] == [
        "json://a.test/x",
        "mailto://me:pw@b.test?to=c@d.test,e@f.test",
        "discord://1234/abc",
    ]


@pytest.mark.parametrize(
    ("url", "which"),
    [
        ("carrier-pigeon://hush", "its carrier-pigeon:// address"),
        ("discord://hush", "its discord:// address"),
        ("mailto://hush", "its mailto:// address"),
        ("hush", "an address without ://"),
    ],
)
def test_a_notify_url_that_apprise_cannot_use_is_named_by_place_and_scheme(
    url: str, which: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(notify_urls=(url, "json://hush") if "://" not in url else ("json://hush", url))
    place = 1 if "://" not in url else 2
    assert f"NOTIFY_URLS cannot be used: Apprise makes nothing of number {place}, {which}; see" in str(caught.value)
    assert "hush" not in str(caught.value) + caplog.text + "".join(capfd.readouterr())


def test_secrets_do_not_show() -> None:
    settings = load_settings(**GOOGLE, toggl_api_token="hush-toggl", database_url="postgresql://me:hush-pw@host/db")
    shown = f"{settings!r} {settings.toggl!r} {settings.google!r}"
    assert "hush" not in shown
    assert "refresh_token='token'" not in shown
