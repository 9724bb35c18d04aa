"""Google's credentials: a service account's key opens the calendars, and each refusal says what to do about it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr

from infra.local import credentials
from infra.local.clock import ManualClock
from infra.local.faults import Fault
from infra.local.google_auth import Token
from infra.local.habits import PRIMARY, WORK
from infra.local.life import live
from infra.local.server import StandIn
from tasks import google_calendar
from tasks.errors import CredentialsError, SourceError, SourceUnavailable
from tasks.google_calendar import CalendarClient
from tasks.settings import GoogleAccess
from tests.tasks.conftest import NOW, TOKYO, live_rows
from tests.tasks.google import access_to

ROBOT = "robot@project.example.test"
FREE_BUSY = "https://www.googleapis.com/auth/calendar.freebusy"

BAD_MOMENTS = [
    Fault("/token", "status", status=503, body="<html>Service Unavailable</html>"),
    Fault("/token", "status", status=500, body='{"error": "internal_failure"}', media_type="application/json"),
]


@pytest.fixture
def stand_in(clock: ManualClock) -> Iterator[StandIn]:
    """An account with hardly any history, which is enough to be let in or not."""
    with StandIn(live(7, clock, TOKYO, days=1)) as stand_in:
        yield stand_in


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_file(path: Path, key: rsa.RSAPrivateKey, email: str = ROBOT) -> Path:
    """A service account's key as Google gives it for download."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    content = {
        "type": "service_account",
        "client_email": email,
        "private_key_id": "0123abcd",
        "private_key": pem,
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    path.write_text(json.dumps(content))
    return path


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return new_key()


@pytest.fixture
def user(stand_in: StandIn) -> GoogleAccess:
    """Access by a refresh token."""
    return access_to(stand_in)


@pytest.fixture
def robot(stand_in: StandIn, key: rsa.RSAPrivateKey, tmp_path: Path) -> GoogleAccess:
    """Access by a service account that Google knows."""
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    stand_in.google_auth.service_accounts[ROBOT] = public
    return GoogleAccess(
        "",
        SecretStr(""),
        SecretStr(""),
        service_account_file=key_file(tmp_path / "key.json", key),
        calendar_ids=(),
        calendar_url=stand_in.calendar_url,
        token_url=stand_in.token_url,
    )


def listed(access: GoogleAccess) -> list[str]:
    """The ids of the calendars that these credentials let one see."""
    with CalendarClient(access, sleep=lambda _seconds: None) as client:
        return [str(entry["id"]) for entry in client.calendar_list()]


def refusal(access: GoogleAccess) -> CredentialsError:
    """What it says when these credentials open nothing."""
    with pytest.raises(CredentialsError) as caught:
        listed(access)
    return caught.value


def test_a_service_account_reads_the_calendars_that_are_shared_with_it(
    robot: GoogleAccess, stand_in: StandIn, connection: psycopg.Connection
) -> None:
    stand_in.google_auth.shared.add(PRIMARY)
    google_calendar.sync(connection, replace(robot, calendar_ids=(PRIMARY,)), now=NOW)
    read = {row["_calendar_id"] for row in live_rows(connection, "google_calendar__events").values()}
    assert read == {PRIMARY}
    assert [seen.path for seen in stand_in.requests].count("/token") == 1


@pytest.mark.parametrize("calendar_ids", [(), (WORK,)])
def test_a_service_account_without_a_shared_calendar_is_told_what_to_do(
    robot: GoogleAccess, connection: psycopg.Connection, calendar_ids: tuple[str, ...]
) -> None:
    with pytest.raises(SourceError, match=r"GOOGLE_CALENDAR_IDS.*share"):
        google_calendar.sync(connection, replace(robot, calendar_ids=calendar_ids), now=NOW)


def test_a_key_that_google_no_longer_knows_is_refused_once(
    robot: GoogleAccess, stand_in: StandIn, tmp_path: Path
) -> None:
    refused = refusal(replace(robot, service_account_file=key_file(tmp_path / "other.json", new_key())))
    assert refused.sentence == (
        "Google refuses the service account (invalid_grant: Invalid JWT: Could not verify token signature)."
    )
    assert "GOOGLE_SERVICE_ACCOUNT_FILE" in refused.cure
    assert "auth google" not in refused.cure
    assert len(stand_in.requests) == 1


def test_a_deleted_service_account_is_told(robot: GoogleAccess, stand_in: StandIn) -> None:
    stand_in.google_auth.service_accounts.clear()
    assert "account not found" in refusal(robot).sentence


@pytest.mark.parametrize(
    "content", ["", "[]", '{"installed": {"client_id": "x"}}', '{"client_email": "x", "token_uri": 1}']
)
def test_what_is_no_key_of_a_service_account_is_named(robot: GoogleAccess, tmp_path: Path, content: str) -> None:
    (tmp_path / "no_key.json").write_text(content)
    refused = refusal(replace(robot, service_account_file=tmp_path / "no_key.json"))
    assert "no_key.json cannot be read as a service account's key." in refused.sentence


def test_a_token_for_too_little_is_no_reason_to_try_again(user: GoogleAccess, stand_in: StandIn) -> None:
    stand_in.google_auth.refresh_tokens[credentials.GOOGLE_REFRESH_TOKEN] = Token(FREE_BUSY, None)
    refused = refusal(user)
    assert refused.sentence == "Google does not let these credentials read calendars (insufficientPermissions)."
    assert "lifetracer auth google" in refused.cure
    assert len(stand_in.requests) == 2


def test_a_token_of_an_app_in_testing_dies_after_a_week_and_the_cure_knows_it(
    user: GoogleAccess, stand_in: StandIn, clock: ManualClock
) -> None:
    stand_in.google_auth.in_testing = True
    name, _ = stand_in.google_auth.new_refresh_token("https://www.googleapis.com/auth/calendar.readonly")
    access = replace(user, refresh_token=SecretStr(name))
    assert listed(access)
    clock.advance(days=7)
    refused = refusal(access)
    assert "invalid_grant" in refused.sentence
    assert refused.cure.startswith("Run `lifetracer auth google`")
    assert "publish the OAuth app first" in refused.cure


@pytest.mark.parametrize("client", [{"client_id": "other"}, {"client_secret": SecretStr("other")}])
def test_an_unknown_client_names_its_variables(user: GoogleAccess, client: dict[str, str]) -> None:
    refused = refusal(replace(user, **client))  # type: ignore[arg-type]
    assert "invalid_client" in refused.sentence
    assert refused.cure == "Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET."


@pytest.mark.parametrize("fault", BAD_MOMENTS)
def test_a_token_endpoint_with_a_bad_moment_is_asked_again(user: GoogleAccess, stand_in: StandIn, fault: Fault) -> None:
    stand_in.faults.add(replace(fault))
    assert listed(user)


@pytest.mark.parametrize("fault", [*BAD_MOMENTS, Fault("/token", "truncated"), Fault("/token", "reset")])
def test_a_token_endpoint_that_stays_broken_is_no_matter_of_credentials(
    user: GoogleAccess, stand_in: StandIn, fault: Fault
) -> None:
    stand_in.faults.add(replace(fault, times=9))
    with pytest.raises(SourceUnavailable, match="Google's token endpoint"):
        listed(user)


def test_a_lifetime_written_as_text_is_understood(user: GoogleAccess, stand_in: StandIn) -> None:
    stand_in.google_auth.expires_in_is_text = True
    assert listed(user)
