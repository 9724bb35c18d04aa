"""The one reader of the environment: every variable that a user can set, checked and explained."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

import holidays
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from tasks.apprise_urls import scheme_of, service_at, split_urls
from tasks.errors import SettingsError

PROJECT_ROOT = Path(__file__).resolve().parents[1]
ENV_FILE = PROJECT_ROOT / "infra" / ".env"

Locale = Literal["ja", "en"]


@dataclass(frozen=True)
class TogglAccess:
    """What is needed to read one Toggl account."""

    token: SecretStr
    workspace_id: int | None
    api_url: str
    reports_url: str
    quota_reserve: int = 10
    """How many requests of each hour reading history leaves to the daily sync and to the user's other tools."""


@dataclass(frozen=True)
class GoogleAccess:
    """What is needed to read one Google account: a refresh token, or a service account's key file."""

    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr
    service_account_file: Path | None
    calendar_ids: tuple[str, ...]
    calendar_url: str
    token_url: str


@dataclass(frozen=True)
class GoogleClient:
    """What is needed to ask a person for access to a Google account: the OAuth client, and where it asks."""

    client_id: str
    client_secret: SecretStr
    auth_url: str
    token_url: str


class Settings(BaseSettings):
    """Everything the environment (or `infra/.env`) says, under the names that the user writes there.

    Relative paths are taken from the project's folder, so that a shell, a worker and a container agree.
    """

    model_config = SettingsConfigDict(
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        str_strip_whitespace=True,
    )

    database_url: SecretStr | None = None
    lifetracer_demo: bool = False
    lifetracer_home: Path = Path(".lifetracer")
    lifetracer_timezone: str = "Asia/Tokyo"
    lifetracer_locale: Locale = "ja"
    lifetracer_country: str = "JP"
    lifetracer_report_dir: Path = Path("out")

    toggl_api_token: SecretStr | None = None
    toggl_workspace_id: int | None = None
    toggl_api_url: str = "https://api.track.toggl.com/api/v9"
    toggl_reports_api_url: str = "https://api.track.toggl.com/reports/api/v3"
    toggl_quota_reserve: Annotated[int, Field(ge=0)] = 10

    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    google_refresh_token: SecretStr | None = None
    google_service_account_file: Path | None = None
    google_calendar_ids: Annotated[tuple[str, ...], NoDecode] = ()
    google_calendar_api_url: str = "https://www.googleapis.com/calendar/v3"
    google_auth_url: str = "https://accounts.google.com/o/oauth2/v2/auth"
    google_token_url: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address, not a secret

    supabase_url: str | None = None
    supabase_service_role_key: SecretStr | None = None
    supabase_report_bucket: str = "reports"

    webhook_token: SecretStr | None = None
    supabase_jwt_secret: SecretStr | None = None
    webhook_allowed_emails: Annotated[tuple[str, ...], NoDecode] = ()
    notify_urls: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    prefect_api_url: str | None = None

    @field_validator("google_calendar_ids", "webhook_allowed_emails", mode="before")
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("notify_urls", mode="before")
    @classmethod
    def _split_urls(cls, value: object) -> object:
        return split_urls(value) if isinstance(value, str) else value

    @field_validator("notify_urls")
    @classmethod
    def _services_are_known(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for place, url in enumerate(value, start=1):
            if service_at(url.get_secret_value()) is None:
                scheme = scheme_of(url.get_secret_value())
                which = f"its {scheme}:// address" if scheme else "an address without ://"
                msg = f"cannot be used: Apprise makes nothing of number {place}, {which}; see https://appriseit.com"
                raise ValueError(msg)
        return value

    @field_validator("lifetracer_home", "lifetracer_report_dir", "google_service_account_file")
    @classmethod
    def _from_project_folder(cls, value: Path | None) -> Path | None:
        return None if value is None else PROJECT_ROOT / value.expanduser()

    @field_validator("lifetracer_timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        if value not in available_timezones():
            msg = f"is {value!r}, which is no IANA time zone; write one such as Asia/Tokyo or Europe/Lisbon"
            raise ValueError(msg)
        return value

    @field_validator("lifetracer_country")
    @classmethod
    def _country_has_holidays(cls, value: str) -> str:
        if value not in holidays.list_supported_countries():
            msg = f"is {value!r}, whose holidays are not known; write a two-letter code such as JP"
            raise ValueError(msg)
        return value

    @field_validator("database_url")
    @classmethod
    def _database_url_is_usable(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            url = make_url(value.get_secret_value())
        except (ArgumentError, ValueError) as error:
            msg = "is not a Postgres URL; write it as postgresql://user:password@host:5432/database"
            raise ValueError(msg) from error
        if url.drivername not in {"postgresql", "postgres"}:
            msg = f"starts with {url.drivername!r}; write it as postgresql://user:password@host:5432/database"
            raise ValueError(msg)
        if url.port == 6543:
            msg = (
                "points at port 6543, Supabase's transaction pooler, where dbt's temporary tables do not"
                " live; use the session pooler's or the direct URL (port 5432)"
            )
            raise ValueError(msg)
        return value

    @field_validator("webhook_token")
    @classmethod
    def _token_is_long(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            msg = "is shorter than 32 characters; make one with: openssl rand -hex 32"
            raise ValueError(msg)
        return value

    @field_validator(
        "toggl_api_url",
        "toggl_reports_api_url",
        "google_calendar_api_url",
        "google_auth_url",
        "google_token_url",
        "supabase_url",
    )
    @classmethod
    def _is_http(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("https://", "http://")):
            msg = f"is {value!r}; write a URL that starts with https://"
            raise ValueError(msg)
        return value.rstrip("/")

    @model_validator(mode="after")
    def _nothing_half_set(self) -> Self:
        self._check_google()
        if self.toggl_workspace_id is not None:
            _require_all_or_none(
                "Toggl",
                {"TOGGL_WORKSPACE_ID": self.toggl_workspace_id, "TOGGL_API_TOKEN": self.toggl_api_token},
            )
        _require_all_or_none(
            "The upload to Supabase",
            {
                "SUPABASE_SERVICE_ROLE_KEY": self.supabase_service_role_key,
                "SUPABASE_URL": self.supabase_url,
            }
            if self.supabase_service_role_key
            else {},
        )
        return self

    def _check_google(self) -> None:
        google = {
            "GOOGLE_CLIENT_ID": self.google_client_id,
            "GOOGLE_CLIENT_SECRET": self.google_client_secret,
            "GOOGLE_REFRESH_TOKEN": self.google_refresh_token,
        }
        if self.google_service_account_file is None:
            hint = "" if self.google_refresh_token else "; `lifetracer auth google` fetches it"
            _require_all_or_none("Google Calendar", google, hint)
        elif any(google.values()):
            msg = (
                "Google Calendar is set up twice: GOOGLE_SERVICE_ACCOUNT_FILE and GOOGLE_CLIENT_ID,"
                " GOOGLE_CLIENT_SECRET, GOOGLE_REFRESH_TOKEN; unset one of the two"
            )
            raise ValueError(msg)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The user's zone: every local day and every printed time is in it."""
        return ZoneInfo(self.lifetracer_timezone)

    @cached_property
    def toggl(self) -> TogglAccess | None:
        """How to reach Toggl, or None when no token is set."""
        if self.toggl_api_token is None:
            return None
        return TogglAccess(
            self.toggl_api_token,
            self.toggl_workspace_id,
            self.toggl_api_url,
            self.toggl_reports_api_url,
            self.toggl_quota_reserve,
        )

    @cached_property
    def google(self) -> GoogleAccess | None:
        """How to reach Google Calendar, or None when no credentials are set."""
        if self.google_refresh_token is None and self.google_service_account_file is None:
            return None
        return GoogleAccess(
            client_id=self.google_client_id or "",
            client_secret=self.google_client_secret or SecretStr(""),
            refresh_token=self.google_refresh_token or SecretStr(""),
            service_account_file=self.google_service_account_file,
            calendar_ids=self.google_calendar_ids,
            calendar_url=self.google_calendar_api_url,
            token_url=self.google_token_url,
        )

    @cached_property
    def google_client(self) -> GoogleClient | None:
        """The OAuth client that asks for consent, or None when it is not set."""
        if self.google_client_id is None or self.google_client_secret is None:
            return None
        return GoogleClient(
            self.google_client_id, self.google_client_secret, self.google_auth_url, self.google_token_url
        )


class _SettingsBeforeConsent(Settings):
    """The settings while Google's client may stand there without the refresh token that it is about to be given."""

    def _check_google(self) -> None:
        pass


def settings_file() -> Path | None:
    """The file that LIFETRACER_ENV_FILE names, by default `infra/.env`; None when it is empty: no file is read."""
    named = os.environ.get("LIFETRACER_ENV_FILE")
    return ENV_FILE if named is None else PROJECT_ROOT / named if named else None


def load_settings(**overrides: Any) -> Settings:  # noqa: ANN401 - pydantic checks them
    """The settings as the environment stands now, or SettingsError with one sentence per fault.

    What the environment does not say is read from the settings file. `overrides` are field names with values that win
    over both.
    """
    return _load(Settings, overrides)


def load_settings_before_consent() -> Settings:
    """The same, but Google's credentials may be missing, half there or there twice: `lifetracer auth google` sees."""
    return _load(_SettingsBeforeConsent, {})


def _load(model: type[Settings], overrides: Mapping[str, Any]) -> Settings:
    env_file = settings_file()
    try:
        return model(_env_file=env_file, **overrides)
    except ValidationError as error:
        faults = [_sentence(fault) for fault in error.errors()]
        where = f"the environment or in {env_file}" if env_file else "the environment"
        raise SettingsError(" ".join(faults), f"Correct it in {where}.") from None


def _require_all_or_none(what: str, variables: Mapping[str, object], hint: str = "") -> None:
    missing = [name for name, value in variables.items() if value is None]
    if missing and len(missing) < len(variables):
        present = [name for name in variables if name not in missing]
        msg = f"{what} is half set up: {' and '.join(present)} is set, but not {' nor '.join(missing)}{hint}"
        raise ValueError(msg)


def _sentence(fault: ErrorDetails) -> str:
    reason = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return f"{reason}."
    name = str(fault["loc"][0]).upper()
    if fault["type"] == "value_error":
        return f"{name} {reason}."
    if fault["type"] == "literal_error":
        return f"{name} is {fault['input']!r}; it can be {fault['ctx']['expected']}."
    if fault["type"] == "int_parsing":
        return f"{name} is {fault['input']!r}, which is no whole number."
    return f"{name}: {reason[0].lower()}{reason[1:]}."
