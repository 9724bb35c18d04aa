"""`lifetracer auth google` brings a working refresh token into the settings file, or says in a sentence why not."""

import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import httpx
import pytest

from deployments.google_sign_in import open_nothing, sign_in_to_google
from infra.local import credentials
from infra.local.clock import ManualClock
from infra.local.faults import Fault
from infra.local.life import live
from infra.local.server import StandIn
from tasks.errors import CredentialsError, LifetracerError, SettingsError, SourceError, SourceUnavailable
from tasks.google_calendar import CalendarClient
from tasks.settings import PROJECT_ROOT, load_settings
from tests.deployments.test_cli import complaint, lifetracer

TOKYO = ZoneInfo("Asia/Tokyo")
NOW = datetime(2026, 3, 9, 5, 23, 5, tzinfo=UTC)
SIGNED_IN = "Signed in to Google"
NOT_SIGNED_IN = "Not signed in"


@pytest.fixture(autouse=True)
def _http_is_insecure_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command allows oauthlib, on this machine, ends with each test."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A Google account with hardly any history."""
    with StandIn(live(7, ManualClock(NOW), TOKYO, days=1)) as stand_in:
        yield stand_in


@pytest.fixture
def file(stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's settings file as it stands before the first sign-in."""
    file = tmp_path / "settings"
    file.write_text(
        "# Mine\n"
        "LIFETRACER_LOCALE=en   # for now\n"
        f"GOOGLE_CLIENT_ID='{credentials.GOOGLE_CLIENT_ID}'\n"
        f"GOOGLE_CLIENT_SECRET={credentials.GOOGLE_CLIENT_SECRET}\n"
        "GOOGLE_REFRESH_TOKEN=\n"
        f"GOOGLE_AUTH_URL={stand_in.auth_url}\n"
        f"GOOGLE_TOKEN_URL={stand_in.token_url}\n"
        "\n"
        f"GOOGLE_CALENDAR_API_URL={stand_in.calendar_url}"
    )
    file.chmod(0o644)
    monkeypatch.setenv("LIFETRACER_ENV_FILE", str(file))
    return file


def token_in(file: Path) -> str:
    (token,) = re.findall(r"^GOOGLE_REFRESH_TOKEN=(.*)$", file.read_text(), flags=re.MULTILINE)
    return str(token)


def decided(address: str, decision: str) -> str:
    """The address to which the browser is sent back, once a button of the consent page is pressed."""
    assert "Allow" in httpx.get(address).raise_for_status().text
    return httpx.post(address, data={"decision": decision}).headers["Location"]


class Browser:
    """A browser in which a person presses `decision` at once; `page` is what it shows in the end.

    `wish` are parameters that the person tampers with on the way to Google, `answer` on the way back.
    """

    def __init__(self, decision: str = "allow", wish: str = "", answer: str = "") -> None:
        self._decision, self._wish, self._answer = decision, wish, answer
        self.page = ""

    def __call__(self, address: str) -> bool:
        """Open an address, as the command asks for, without keeping it waiting."""
        self._thread = Thread(target=self._go, args=(address,))
        self._thread.start()
        return True

    def _go(self, address: str) -> None:
        back = decided(_tampered(address, self._wish), self._decision)
        self.page = httpx.get(_tampered(back, self._answer)).raise_for_status().text

    def close(self) -> str:
        self._thread.join()
        return self.page


def _tampered(address: str, change: str) -> str:
    return str(httpx.URL(address).copy_merge_params(httpx.QueryParams(change)))


def sign_in(**tampering: str) -> str:
    """Go the whole way in this process; gives the page that the browser shows in the end."""
    browser = Browser(**tampering)
    sign_in_to_google(0, browser)
    return browser.close()


def refusal(expected: type[LifetracerError], file: Path, **tampering: str) -> str:
    """What the terminal says when the sign-in fails; the browser says so, too, and the file is as before."""
    before = file.read_text()
    browser = Browser(**tampering)
    with pytest.raises(expected) as caught:
        sign_in_to_google(0, browser)
    assert NOT_SIGNED_IN in browser.close()
    assert file.read_text() == before
    return str(caught.value)


@dataclass
class Command:
    """The command in a process of its own, which has printed an address and waits."""

    process: subprocess.Popen[str]
    address: str
    said: str

    def end(self) -> subprocess.CompletedProcess[str]:
        """The ended command with all that it said."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        said = self.said + self.process.stdout.read()
        return subprocess.CompletedProcess(self.process.args, self.process.wait(60), said, self.process.stderr.read())


@contextmanager
def waiting(*arguments: str) -> Iterator[Command]:
    """The command, from when it waits for the browser."""
    with subprocess.Popen(
        [sys.executable, "-m", "deployments.cli", "auth", "google", "--no-browser", *arguments],
        env=os.environ,
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        try:
            while not (line := process.stdout.readline()).startswith("http"):
                assert line, process.communicate()
                said += line
            yield Command(process, line.strip(), said)
        finally:
            process.kill()


def test_the_command_writes_a_token_that_opens_the_calendars_and_prints_no_secret(file: Path) -> None:
    before = file.read_text()
    with waiting() as command:
        assert SIGNED_IN in httpx.get(decided(command.address, "allow")).text
        done = command.end()
    assert done.returncode == 0, done.stderr
    assert file.read_text() == before.replace("TOKEN=\n", f"TOKEN={token_in(file)}\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for told in ("dies after 7 days", "ssh -L", f"GOOGLE_REFRESH_TOKEN is now in {file}, which only you can read."):
        assert told in done.stdout
    assert re.findall(r"^  (.) (.+)$", done.stdout, flags=re.MULTILINE) == [
        ("*", "予定"),
        ("*", "仕事 / Work"),
        ("*", "学習"),
        (" ", "日本の祝日"),
    ]
    for secret in (token_in(file), credentials.GOOGLE_CLIENT_SECRET, "demo-access-token"):
        assert secret not in done.stdout + done.stderr

    access = load_settings().google
    assert access is not None
    with CalendarClient(access) as client:
        assert len(client.calendar_list()) == 4


def test_a_denied_consent_fails_the_command_in_two_sentences(file: Path) -> None:
    before = file.read_text()
    with waiting() as command:
        assert NOT_SIGNED_IN in httpx.get(decided(command.address, "deny")).text
        said = complaint(command.end())
    assert said.startswith("error: Google was told not to let lifetracer in (access_denied). Run `lifetracer auth")
    assert file.read_text() == before


def test_a_chosen_port_is_used_and_a_taken_one_refused(file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = complaint(lifetracer("auth", "google", "--no-browser", "--port", port))
        assert f"Port {port} of 127.0.0.1 cannot be used: address already in use." in said
    with waiting("--port", port) as command:
        assert decided(command.address, "deny").startswith(f"http://127.0.0.1:{port}/?")
    assert token_in(file) == ""


def test_a_sync_before_the_sign_in_names_the_command(file: Path) -> None:
    said = complaint(lifetracer("sync", "gcal", LIFETRACER_ENV_FILE=str(file)))
    assert "but not GOOGLE_REFRESH_TOKEN; `lifetracer auth google` fetches it." in said


def test_a_missing_file_is_made_for_its_owner_alone(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for line in file.read_text().replace("'", "").splitlines():
        if line.startswith("GOOGLE"):
            monkeypatch.setenv(*line.split("=", 1))
    new = tmp_path / "new"
    monkeypatch.setenv("LIFETRACER_ENV_FILE", str(new))
    assert "Google にサインインしました" in sign_in()
    assert new.read_text() == f"GOOGLE_REFRESH_TOKEN={token_in(new)}\n"
    assert stat.S_IMODE(new.stat().st_mode) == 0o600


def test_an_environment_that_hides_the_new_token_is_named(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(file.read_text().replace("TOKEN=\n", "TOKEN=old\n"))
    monkeypatch.setenv("GOOGLE_REFRESH_TOKEN", "older")
    sign_in()
    assert token_in(file).startswith("1//")
    said = capsys.readouterr().out
    assert "GOOGLE_REFRESH_TOKEN is set in the environment, too, which wins over the file: unset it" in said
    assert "Google shows 4 calendars" in said


def test_a_link_to_the_file_stays_a_link(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    monkeypatch.setenv("LIFETRACER_ENV_FILE", str(link))
    sign_in()
    assert link.is_symlink()
    assert token_in(file)


@pytest.mark.usefixtures("file")
def test_a_token_that_will_die_says_when(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    stand_in.google_auth.in_testing = True
    sign_in()
    assert re.search(
        r"Google lets this token die on \d{4}-\d\d-\d\d at \d\d:\d\d, .*publish it", capsys.readouterr().out
    )


def test_what_else_comes_to_the_port_does_not_take_the_place_of_the_answer(file: Path) -> None:
    shown: list[str] = []
    connected: list[socket.socket] = []

    def browse(address: str) -> bool:
        back = httpx.URL(decided(address, "allow"))
        # A browser likes to connect before it has anything to ask.
        connected.append(socket.create_connection((back.host, back.port or 0)))
        assert httpx.get(back.copy_with(path="/favicon.ico", query=None)).status_code == 404
        assert httpx.get(back.copy_with(query=None)).status_code == 404
        assert httpx.head(back).status_code == 501
        Thread(target=lambda: shown.append(httpx.get(back).text)).start()
        return True

    sign_in_to_google(0, browse)
    connected[0].close()
    assert SIGNED_IN in shown[0]
    assert token_in(file)


def test_an_answer_to_another_question_is_refused(file: Path) -> None:
    assert "(its state differs)" in refusal(CredentialsError, file, answer="state=other")


def test_an_answer_that_is_no_answer_shows_nothing_of_what_it_brings(file: Path) -> None:
    said = refusal(CredentialsError, file, decision="deny", answer="error=<script>")
    assert "Google did not let lifetracer in (no reason given)." in said


def test_a_consent_without_a_refresh_token_says_how_to_get_one(file: Path) -> None:
    sign_in()
    said = refusal(CredentialsError, file, wish="prompt=select_account")
    assert "Google's answer holds no refresh token. Remove lifetracer at https://myaccount.google.com" in said


def test_a_consent_that_withholds_the_calendars_is_none(stand_in: StandIn, file: Path) -> None:
    stand_in.google_auth.consent_scope = "https://www.googleapis.com/auth/calendar.freebusy"
    assert "leave the box for the calendars ticked" in refusal(CredentialsError, file)


def test_a_wrong_client_secret_names_its_variable(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CLIENT_SECRET", "wrong")
    said = refusal(CredentialsError, file)
    assert "Google refuses the OAuth client (invalid_client: The provided client secret is invalid)." in said
    assert "GOOGLE_CLIENT_SECRET" in said


@pytest.mark.parametrize(
    "fault",
    [
        Fault("/token", "status", status=503),
        Fault("/token", "status", status=500, body='{"error": "internal_failure"}'),
        Fault("/token", "reset"),
        Fault("/token", "truncated"),
        Fault("/token", "null"),
    ],
    ids=lambda fault: fault.kind,
)
def test_a_broken_token_endpoint_is_told_and_leaves_the_file_alone(stand_in: StandIn, file: Path, fault: Fault) -> None:
    stand_in.faults.add(fault)
    assert "Google's token endpoint" in refusal(SourceUnavailable, file)


def test_a_calendar_api_that_is_off_is_told_once_the_token_is_safe(stand_in: StandIn, file: Path) -> None:
    body = '{"error": {"errors": [{"domain": "usageLimits", "reason": "accessNotConfigured"}], "code": 403}}'
    stand_in.faults.add(Fault("/calendar/v3", "status", status=403, body=body))
    with pytest.raises(SourceError, match="The Google Calendar API is switched off"):
        sign_in()
    assert token_in(file)


@pytest.mark.usefixtures("file")
def test_calendars_that_are_named_but_not_shown_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GOOGLE_CALENDAR_IDS", "primary,typo@example.test")
    sign_in()
    said = capsys.readouterr().out
    assert "  * 予定\n    仕事 / Work\n" in said
    assert "  ? typo@example.test, which GOOGLE_CALENDAR_IDS names, is not among them" in said


def test_an_unanswered_question_ends_after_a_while(file: Path) -> None:
    with pytest.raises(CredentialsError, match="No answer came from the browser"):
        sign_in_to_google(0, open_nothing, wait_seconds=0.1)
    assert token_in(file) == ""


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, 'make an OAuth client of type "Desktop app"'),
        ({"GOOGLE_CLIENT_ID": "id"}, "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET are not both set."),
        ({"GOOGLE_SERVICE_ACCOUNT_FILE": "key.json"}, "a service account needs no consent"),
        ({"LIFETRACER_ENV_FILE": ""}, "there is no settings file"),
        ({"LIFETRACER_ENV_FILE": "no/such/folder/.env"}, ".env cannot be written: its folder is missing"),
        ({"LIFETRACER_ENV_FILE": "infra"}, "infra cannot be written: it is a folder"),
        (
            {"GOOGLE_CLIENT_ID": "id", "GOOGLE_CLIENT_SECRET": "s", "GOOGLE_TOKEN_URL": "http://example.test/token"},
            "GOOGLE_TOKEN_URL is 'http://example.test/token', where others could listen.",
        ),
    ],
)
def test_what_cannot_work_is_refused_before_anybody_is_asked(
    environment: dict[str, str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ({"LIFETRACER_ENV_FILE": str(tmp_path / "settings")} | environment).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=re.escape(told)):
        sign_in_to_google(0, Browser())
    assert not (tmp_path / "settings").exists()
