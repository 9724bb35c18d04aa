"""The stand-in's sign-in is as strict as Google's: who asks, what for, what comes back, and how long it lives."""

import hashlib
from base64 import urlsafe_b64encode
from urllib.parse import parse_qs

import httpx
import pytest

from infra.local import credentials
from infra.local.clock import ManualClock
from infra.local.google_auth import SCOPE
from infra.local.server import StandIn
from tests.infra.conftest import GRANT

VERIFIER = "v" * 64
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
WISH = {
    "client_id": credentials.GOOGLE_CLIENT_ID,
    "redirect_uri": "http://127.0.0.1:4711/",
    "response_type": "code",
    "scope": SCOPE,
    "state": "a state",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "access_type": "offline",
    "prompt": "consent",
}


def decide(stand_in: StandIn, decision: str, **wish: str) -> dict[str, str]:
    """What the app learns when the person presses a button of the page."""
    answer = httpx.post(stand_in.auth_url, params=WISH | wish, data={"decision": decision})
    assert answer.status_code == 302
    address, _, query = answer.headers["Location"].partition("?")
    assert address == WISH["redirect_uri"]
    return {name: values[0] for name, values in parse_qs(query).items()}


def redeem(stand_in: StandIn, given_code: str, **change: str) -> httpx.Response:
    """Exchange a code as the app does."""
    form = {
        "grant_type": "authorization_code",
        "client_id": credentials.GOOGLE_CLIENT_ID,
        "client_secret": credentials.GOOGLE_CLIENT_SECRET,
        "redirect_uri": WISH["redirect_uri"],
        "code": given_code,
        "code_verifier": VERIFIER,
    }
    return httpx.post(stand_in.token_url, data=form | change)


def refreshed(stand_in: StandIn, refresh_token: str) -> httpx.Response:
    return httpx.post(stand_in.token_url, data=GRANT | {"refresh_token": refresh_token})


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_the_page_names_the_account_and_asks(shared: StandIn) -> None:
    page = httpx.get(shared.auth_url, params=WISH)
    assert page.status_code == 200
    assert 'value="allow">Allow' in page.text
    assert 'value="deny">Deny' in page.text
    assert SCOPE in page.text


def test_a_consent_gives_a_code_and_the_code_a_refresh_token_that_reads(stand_in: StandIn) -> None:
    answer = decide(stand_in, "allow")
    assert answer["state"] == "a state"
    given = redeem(stand_in, answer["code"]).json()
    assert (given["scope"], given["token_type"], given["expires_in"]) == (SCOPE, "Bearer", 3599)
    assert "refresh_token_expires_in" not in given
    access = refreshed(stand_in, given["refresh_token"]).json()["access_token"]
    colors = httpx.get(f"{stand_in.calendar_url}/colors", headers={"Authorization": f"Bearer {access}"})
    assert colors.status_code == 200


def test_a_refusal_is_told_to_the_app_and_gives_no_code(stand_in: StandIn) -> None:
    assert decide(stand_in, "deny") == {"state": "a state", "error": "access_denied"}


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"redirect_uri": "https://example.test/"}, 400, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://192.168.0.7:4711/"}, 400, "redirect_uri_mismatch"),
        ({"response_type": "token"}, 400, "unsupported_response_type"),
        ({"scope": "https://www.googleapis.com/auth/drive"}, 400, "invalid_scope"),
        ({"access_type": "forever"}, 400, "invalid_request"),
        ({"code_challenge_method": "plain"}, 400, "invalid_request"),
        ({"code_challenge": "<short>"}, 400, "invalid_request"),
    ],
)
def test_a_senseless_wish_is_refused_on_the_page_and_sends_nobody_anywhere(
    shared: StandIn, change: dict[str, str], status: int, told: str
) -> None:
    for answer in (
        httpx.get(shared.auth_url, params=WISH | change),
        httpx.post(shared.auth_url, params=WISH | change, data={"decision": "allow"}),
    ):
        assert answer.status_code == status
        assert f"Error {status}: {told}" in answer.text
        assert "<short>" not in answer.text


@pytest.mark.parametrize(
    ("change", "status", "told"),
    [
        ({"code_verifier": "w" * 64}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:4712/"}, 400, "redirect_uri_mismatch"),
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"code": "4/made-up"}, 400, "invalid_grant"),
    ],
)
def test_a_code_is_good_only_for_the_app_that_asked(
    stand_in: StandIn, change: dict[str, str], status: int, told: str
) -> None:
    code = decide(stand_in, "allow")["code"]
    assert error(redeem(stand_in, code, **change)) == (status, told)


def test_a_code_is_good_once_and_not_for_long(stand_in: StandIn, clock: ManualClock) -> None:
    used, old = decide(stand_in, "allow")["code"], decide(stand_in, "allow")["code"]
    assert redeem(stand_in, used).status_code == 200
    assert error(redeem(stand_in, used)) == (400, "invalid_grant")
    clock.advance(minutes=10)
    assert error(redeem(stand_in, old)) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("wish", "first", "second"),
    [
        ({"prompt": "consent"}, True, True),
        ({"prompt": "select_account"}, True, False),
        ({"access_type": "online"}, False, False),
    ],
)
def test_a_refresh_token_comes_only_with_a_consent_that_was_asked_for(
    stand_in: StandIn,
    wish: dict[str, str],
    first: bool,  # noqa: FBT001
    second: bool,  # noqa: FBT001
) -> None:
    for expected in (first, second):
        given = redeem(stand_in, decide(stand_in, "allow", **wish)["code"]).json()
        assert ("refresh_token" in given) == expected


def test_an_app_in_testing_gets_tokens_of_seven_days_and_publishing_it_does_not_cure_them(
    stand_in: StandIn, clock: ManualClock
) -> None:
    stand_in.google_auth.in_testing = True
    old = redeem(stand_in, decide(stand_in, "allow")["code"]).json()
    assert old["refresh_token_expires_in"] == 7 * 86400
    stand_in.google_auth.in_testing = False
    new = redeem(stand_in, decide(stand_in, "allow")["code"]).json()
    clock.advance(days=7, seconds=-1)
    assert refreshed(stand_in, old["refresh_token"]).status_code == 200
    clock.advance(seconds=1)
    assert error(refreshed(stand_in, old["refresh_token"])) == (400, "invalid_grant")
    assert refreshed(stand_in, new["refresh_token"]).status_code == 200


def test_the_client_may_show_itself_in_the_header(shared: StandIn) -> None:
    form = {name: value for name, value in GRANT.items() if not name.startswith("client")}
    known = (credentials.GOOGLE_CLIENT_ID, credentials.GOOGLE_CLIENT_SECRET)
    assert httpx.post(shared.token_url, data=form, auth=known).status_code == 200
    assert error(httpx.post(shared.token_url, data=form, auth=("nobody", "x"))) == (401, "invalid_client")


def test_a_token_without_the_scope_opens_nothing(stand_in: StandIn) -> None:
    stand_in.google_auth.consent_scope = "https://www.googleapis.com/auth/calendar.freebusy"
    access = redeem(stand_in, decide(stand_in, "allow")["code"]).json()["access_token"]
    answer = httpx.get(f"{stand_in.calendar_url}/colors", headers={"Authorization": f"Bearer {access}"})
    assert answer.status_code == 403
    assert answer.json()["error"]["errors"][0]["reason"] == "insufficientPermissions"
