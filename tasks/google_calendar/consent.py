"""Consent to read a person's calendars: the address that they open, and the refresh token that their answer is worth.

    request = ConsentRequest(client, "http://127.0.0.1:8085/")
    request.address                                  # the person opens it, and allows or denies
    granted = request.redeem({"state": …, "code": …})  # what the browser then brings to 127.0.0.1:8085

google-auth-oauthlib writes the address (PKCE with S256, a state) and exchanges the code; what comes back through the
browser is received by `loopback`. Source: Google Identity, "OAuth 2.0 for Mobile & Desktop Apps"; RFC 7636.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import requests
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error
from pydantic import SecretStr

from tasks.errors import CredentialsError, SettingsError, SourceError, SourceUnavailable
from tasks.google_calendar.auth import CHECK_CLIENT, SCOPES, SOURCE
from tasks.settings import GoogleClient

_TIMEOUT_SECONDS = 60
_AGAIN = "Run `lifetracer auth google` again"
_ERROR_WORD = re.compile(r"[a-z_]{1,60}")
_CLIENT_FAULTS = {"invalid_client", "unauthorized_client", "deleted_client"}
_PASSING = {"missing_token", "internal_failure", "server_error", "temporarily_unavailable"}


@dataclass(frozen=True)
class Granted:
    """What a consent gave; `lives` is set when Google says that the refresh token dies by itself."""

    refresh_token: SecretStr
    lives: timedelta | None


@dataclass
class ConsentRequest:
    """One question to one person; `redirect_uri` is where their browser brings the answer."""

    client: GoogleClient
    redirect_uri: str
    address: str = field(init=False)

    def __post_init__(self) -> None:
        _allow_http_on_this_machine(self.client)
        self._flow = Flow.from_client_config(
            {
                "installed": {
                    "client_id": self.client.client_id,
                    "client_secret": self.client.client_secret.get_secret_value(),
                    "auth_uri": self.client.auth_url,
                    "token_uri": self.client.token_url,
                }
            },
            scopes=SCOPES,
            redirect_uri=self.redirect_uri,
        )
        # Without the prompt Google gives no refresh token to an app that it has asked for before.
        self.address, self._state = self._flow.authorization_url(access_type="offline", prompt="consent")

    def redeem(self, answer: Mapping[str, str]) -> Granted:
        """What the answer is worth.

        Raises CredentialsError when the person or Google said no, SourceUnavailable when Google did not answer.
        """
        if not secrets.compare_digest(answer.get("state", "").encode(), self._state.encode()):
            raise CredentialsError(
                SOURCE,
                "The answer that the browser brought belongs to another sign-in (its state differs).",
                f"{_AGAIN} and open the address that it prints then.",
            )
        if "code" not in answer:
            raise _said_no(answer.get("error", ""))
        token = self._exchange(answer["code"])
        refresh_token = token.get("refresh_token")
        if not isinstance(refresh_token, str) or not refresh_token:
            raise CredentialsError(
                SOURCE,
                "Google's answer holds no refresh token.",
                f"Remove lifetracer at https://myaccount.google.com/connections. {_AGAIN}.",
            )
        return Granted(SecretStr(refresh_token), _lifetime(token.get("refresh_token_expires_in")))

    def _exchange(self, code: str) -> Mapping[str, object]:
        try:
            token: Mapping[str, object] = self._flow.fetch_token(
                code=code, include_client_id=True, timeout=_TIMEOUT_SECONDS
            )
        except OAuth2Error as error:
            raise _refused_exchange(error) from None
        except Warning:  # how oauthlib tells that other scopes were granted than asked for
            raise CredentialsError(
                SOURCE,
                "Google was not allowed to show your calendars to lifetracer.",
                f"{_AGAIN}, and leave the box for the calendars ticked.",
            ) from None
        except (requests.RequestException, TypeError, ValueError):  # the last two for JSON of another shape
            raise _unavailable("could not be reached or sent something that is no token") from None
        return token


def _allow_http_on_this_machine(client: GoogleClient) -> None:
    """Let oauthlib, which insists on https, speak to stand-ins on the loopback address, and to nobody else."""
    for name, url in (("GOOGLE_AUTH_URL", client.auth_url), ("GOOGLE_TOKEN_URL", client.token_url)):
        address = urlsplit(url)
        if address.scheme == "https":
            continue
        if address.hostname not in {"127.0.0.1", "::1", "localhost"}:
            raise SettingsError(f"{name} is {url!r}, where others could listen.", "Write a URL with https://.")
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"


def _said_no(error: str) -> CredentialsError:
    if error == "access_denied":
        return CredentialsError(
            SOURCE,
            "Google was told not to let lifetracer in (access_denied).",
            f"{_AGAIN} and press Allow; while the app is in testing, only its test users can.",
        )
    word = error if _ERROR_WORD.fullmatch(error) else "no reason given"
    return CredentialsError(SOURCE, f"Google did not let lifetracer in ({word}).", f"{_AGAIN}.")


def _refused_exchange(error: OAuth2Error) -> SourceError:
    said = f"{error.error}: {error.description}" if error.description else str(error.error)
    said = " ".join(said.split())[:200].rstrip(".")
    if error.error in _PASSING:
        return _unavailable(f"answered badly ({said})")
    if error.error in _CLIENT_FAULTS:
        return CredentialsError(SOURCE, f"Google refuses the OAuth client ({said}).", f"{CHECK_CLIENT} {_AGAIN}.")
    return CredentialsError(SOURCE, f"Google does not take the consent's code ({said}).", f"{_AGAIN}.")


def _unavailable(what: str) -> SourceUnavailable:
    return SourceUnavailable(SOURCE, f"Google's token endpoint {what}.", f"{_AGAIN} later; nothing was changed.")


def _lifetime(seconds: object) -> timedelta | None:
    """Seconds as a number or, as Google sometimes writes them, as text."""
    text = str(seconds)
    return timedelta(seconds=int(text)) if text.isdecimal() else None
