"""Google's token endpoint for refresh tokens, and the check of the access tokens that it gave."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.clock import Clock
from infra.local.credentials import GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET, GOOGLE_REFRESH_TOKEN
from infra.local.wire import json_response

SCOPE = "https://www.googleapis.com/auth/calendar.readonly"


@dataclass
class GoogleAuth:
    """Who may read: gives access tokens and knows until when each is good.

    `revoked` makes the refresh token dead, as it is seven days after consent to an unpublished app.
    `expires_in_is_text` writes the lifetime as a string, which Google sometimes does.
    Source: Google Identity, "Using OAuth 2.0 to Access Google APIs" and RFC 6749, section 5.2.
    """

    clock: Clock
    revoked: bool = False
    token_lifetime_seconds: int = 3599
    expires_in_is_text: bool = False
    tokens: dict[str, datetime] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        """The token endpoint."""
        return [Route("/token", self._token, methods=["POST"])]

    def expire_access_tokens(self) -> None:
        """Let every access token given so far be refused from now on."""
        self.tokens.clear()

    def accepts(self, request: Request) -> bool:
        """Whether the request carries an access token that is still good."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        expiry = self.tokens.get(token)
        return scheme.lower() == "bearer" and expiry is not None and self.clock() < expiry

    async def _token(self, request: Request) -> Response:
        if not request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            return _refusal(400, "invalid_request", "The body must be a form.")
        fields = {
            name: values[-1] for name, values in parse_qs((await request.body()).decode("ascii", "replace")).items()
        }
        if fields.get("grant_type") != "refresh_token":
            return _refusal(400, "unsupported_grant_type", f"Invalid grant_type: {fields.get('grant_type', '')}")
        if (fields.get("client_id"), fields.get("client_secret")) != (GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET):
            return _refusal(401, "invalid_client", "The OAuth client was not found.")
        if self.revoked or fields.get("refresh_token") != GOOGLE_REFRESH_TOKEN:
            return _refusal(400, "invalid_grant", "Token has been expired or revoked.")
        token = f"demo-access-token-{len(self.tokens) + 1}-{self.clock().timestamp():.0f}"
        self.tokens[token] = self.clock() + timedelta(seconds=self.token_lifetime_seconds)
        lifetime = str(self.token_lifetime_seconds) if self.expires_in_is_text else self.token_lifetime_seconds
        return json_response({"access_token": token, "expires_in": lifetime, "scope": SCOPE, "token_type": "Bearer"})


def _refusal(status: int, error: str, description: str) -> Response:
    return json_response({"error": error, "error_description": description}, status)
