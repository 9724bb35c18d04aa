"""Google's credentials: access tokens from a refresh token or a service account's key, and why Google refuses one.

Source: Google Identity, "Using OAuth 2.0 to Access Google APIs"; RFC 6749, section 5.2.
"""

from collections.abc import Generator

import google.auth.exceptions
import httpx
import requests
from google.auth.credentials import Credentials
from google.auth.transport.requests import Request
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from tasks.errors import CredentialsError, SourceError, SourceUnavailable
from tasks.settings import GoogleAccess

SOURCE = "gcal"
SCOPES = ("https://www.googleapis.com/auth/calendar.readonly",)
SIGN_IN = "Sign in to Google again and write the new token into GOOGLE_REFRESH_TOKEN."


class GoogleAuth(httpx.Auth):
    """Puts an access token on each request: fetched when there is none, and once more when Google refuses it (401)."""

    def __init__(self, access: GoogleAccess) -> None:
        self._access = access
        self._session = requests.Session()
        self._credentials = _credentials(access)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authenticate one request."""
        if not self._credentials.valid:
            self._refresh()
        request.headers["Authorization"] = f"Bearer {self._credentials.token}"
        response = yield request
        if response.status_code == 401:
            self._refresh()
            request.headers["Authorization"] = f"Bearer {self._credentials.token}"
            yield request

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _refresh(self) -> None:
        try:
            self._credentials.refresh(Request(session=self._session))  # type: ignore[no-untyped-call]
        except google.auth.exceptions.TransportError:
            raise SourceUnavailable(
                SOURCE, "Google's token endpoint could not be reached.", "Run it again later; nothing was lost."
            ) from None
        except google.auth.exceptions.GoogleAuthError as error:
            raise _refused_credentials(error, self._access) from None


def _credentials(access: GoogleAccess) -> Credentials:
    if access.service_account_file is None:
        return user_credentials.Credentials(  # type: ignore[no-untyped-call]
            None,
            refresh_token=access.refresh_token.get_secret_value(),
            token_uri=access.token_url,
            client_id=access.client_id,
            client_secret=access.client_secret.get_secret_value(),
        )
    try:
        robot: service_account.Credentials = service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
            access.service_account_file, scopes=SCOPES
        )
    except (OSError, ValueError):
        raise CredentialsError(
            SOURCE,
            f"{access.service_account_file} cannot be read as a service account's key.",
            "Download the JSON key anew and set GOOGLE_SERVICE_ACCOUNT_FILE to its path.",
        ) from None
    own_url: Credentials = robot.with_token_uri(access.token_url)
    return own_url


def _refused_credentials(error: google.auth.exceptions.GoogleAuthError, access: GoogleAccess) -> SourceError:
    if error.retryable:
        return SourceUnavailable(
            SOURCE, "Google's token endpoint answered badly three times.", "Run it again later; nothing was lost."
        )
    said = " ".join(str(error.args[0] if error.args else "no reason given").split())[:200].rstrip(".")
    if said.startswith(("invalid_client", "unauthorized_client")):
        return CredentialsError(
            SOURCE, f"Google refuses the OAuth client ({said}).", "Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET."
        )
    if access.service_account_file is not None:
        return CredentialsError(
            SOURCE,
            f"Google refuses the service account ({said}).",
            "Check that the key in GOOGLE_SERVICE_ACCOUNT_FILE still exists, and this machine's clock.",
        )
    return CredentialsError(SOURCE, f"Google refuses the refresh token ({said}).", SIGN_IN)
