"""Google's credentials: access tokens from a refresh token or a service account's key, and why Google refuses one.

Source: Google Identity, "Using OAuth 2.0 to Access Google APIs"; RFC 6749, section 5.2.
"""

from collections.abc import Generator, Mapping

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
SIGN_IN = (
    "Run `lifetracer auth google`: it signs in again and renews GOOGLE_REFRESH_TOKEN. If the old token lived only"
    ' 7 days, publish the OAuth app first: while its status is "Testing", none lives longer.'
)
CHECK_CLIENT = "Check GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET."
_CLIENT_FAULTS = ("invalid_client", "unauthorized_client", "deleted_client")


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

    @property
    def cure(self) -> str:
        """What to do when Google lets these credentials in no longer, or not far enough."""
        if self._access.service_account_file is None:
            return SIGN_IN
        return "Check the service account and its key in GOOGLE_SERVICE_ACCOUNT_FILE, and this machine's clock."

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _refresh(self) -> None:
        try:
            self._credentials.refresh(Request(session=self._session))  # type: ignore[no-untyped-call]
        except google.auth.exceptions.TransportError:
            raise _unavailable("could not be reached") from None
        except google.auth.exceptions.GoogleAuthError as error:
            raise self._refusal(error) from None
        except (TypeError, ValueError):  # what google-auth makes of an answer that is no token
            raise _unavailable("sent something that is no token") from None

    def _refusal(self, error: google.auth.exceptions.GoogleAuthError) -> SourceError:
        said = _reason(error)
        if error.retryable or said is None:
            return _unavailable("answered badly")
        if self._access.service_account_file is not None:
            return CredentialsError(SOURCE, f"Google refuses the service account ({said}).", self.cure)
        if said.startswith(_CLIENT_FAULTS):
            return CredentialsError(SOURCE, f"Google refuses the OAuth client ({said}).", CHECK_CLIENT)
        return CredentialsError(SOURCE, f"Google refuses the refresh token ({said}).", self.cure)


def _unavailable(what: str) -> SourceUnavailable:
    return SourceUnavailable(SOURCE, f"Google's token endpoint {what}.", "Run it again later; nothing was lost.")


def _reason(error: google.auth.exceptions.GoogleAuthError) -> str | None:
    """Why Google refuses, in its words; None when its answer was no refusal as OAuth writes one."""
    said, answer = (*error.args, None, None)[:2]
    if str(said).startswith("Reauthentication"):
        return "the account's Workspace wants a new sign-in"
    # google-auth calls a web page for an answer final, although a 503 often comes as one.
    if not isinstance(answer, Mapping) or "error" not in answer:
        return None
    return " ".join(str(said).removesuffix(": None").split())[:200].rstrip(".")


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
    except (OSError, ValueError, AttributeError):  # the last one for JSON that is no object
        raise CredentialsError(
            SOURCE,
            f"{access.service_account_file} cannot be read as a service account's key.",
            "Download the JSON key anew and set GOOGLE_SERVICE_ACCOUNT_FILE to its path.",
        ) from None
    own_url: Credentials = robot.with_token_uri(access.token_url)
    return own_url
