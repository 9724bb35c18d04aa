"""Google's token endpoint: a one-time code, a refresh token or a service account's signed word for an access token.

Source: RFC 6749, sections 4.1.3, 5 and 6; RFC 7523; RFC 7636, section 4.6.
"""

import hashlib
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Never
from urllib.parse import parse_qs, unquote_plus

from google.auth import jwt
from google.auth.exceptions import GoogleAuthError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.credentials import GOOGLE_CLIENT_ID, GOOGLE_CLIENT_SECRET
from infra.local.google_auth import GoogleAuth, Token
from infra.local.wire import JsonObject, RefusalError, json_response

_AUDIENCE = "https://oauth2.googleapis.com/token"
_LONGEST_ASSERTION_SECONDS = 3600
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SCOPES = "https://www.googleapis.com/auth/"

Form = Mapping[str, str]


class TokenEndpoint:
    """The route `/token`."""

    def __init__(self, auth: GoogleAuth) -> None:
        self._auth = auth

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/token", self._token, methods=["POST"])]

    async def _token(self, request: Request) -> Response:
        try:
            if not request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
                _refuse(400, "invalid_request", "The body must be a form.")
            values = parse_qs((await request.body()).decode("ascii", "replace"))
            form = {name: texts[-1] for name, texts in values.items()} | _basic(request)
            return self._grant(form)
        except RefusalError as refusal:
            return refusal.response

    def _grant(self, form: Form) -> Response:
        grant_type = form.get("grant_type", "")
        if grant_type == "authorization_code":
            return self._for_code(form)
        if grant_type == "refresh_token":
            return self._for_refresh_token(form)
        if grant_type != _JWT_BEARER:
            _refuse(400, "unsupported_grant_type", f"Invalid grant_type: {grant_type}")
        return self._answer(*self._robot_and_scope(form.get("assertion", "")), {})

    def _for_code(self, form: Form) -> Response:
        _check_client(form)
        code = self._auth.use_code(form.get("code", ""))
        if code is None:
            _refuse(400, "invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect_uri:
            _refuse(400, "redirect_uri_mismatch", "Bad Request")
        if _challenge(form.get("code_verifier", "")) != code.challenge:
            _refuse(400, "invalid_grant", "Invalid code verifier.")
        if not code.gives_refresh_token:
            return self._answer("", code.scope, {})
        name, token = self._auth.new_refresh_token(code.scope)
        return self._answer("", code.scope, {"refresh_token": name} | self._rest_of_life(token))

    def _for_refresh_token(self, form: Form) -> Response:
        _check_client(form)
        token = self._auth.refresh_token(form.get("refresh_token", ""))
        if token is None:
            _refuse(400, "invalid_grant", "Token has been expired or revoked.")
        return self._answer("", token.scope, self._rest_of_life(token))

    def _robot_and_scope(self, assertion: str) -> tuple[str, str]:
        """A service account's address and the scopes that it asks for, once its signature and other claims hold."""
        try:
            robot = str(jwt.decode(assertion, verify=False).get("iss"))  # type: ignore[no-untyped-call]
            key = self._auth.service_accounts.get(robot)
            if key is None:
                _refuse(400, "invalid_grant", "Invalid grant: account not found")
            # By the machine's clock, not by the stand-in's: the one who signs goes by it, too.
            claims = jwt.decode(assertion, certs=key, audience=_AUDIENCE)  # type: ignore[no-untyped-call]
        except (GoogleAuthError, ValueError) as error:
            _refuse(400, "invalid_grant", f"Invalid JWT: {str(error).partition(':')[0]}")
        if claims["exp"] - claims["iat"] > _LONGEST_ASSERTION_SECONDS:
            _refuse(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes).")
        scope = str(claims.get("scope", ""))
        if not scope or not all(name.startswith(_SCOPES) for name in scope.split()):
            _refuse(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        return robot, scope

    def _answer(self, robot: str, scope: str, more: JsonObject) -> Response:
        seconds = self._auth.token_lifetime_seconds
        token: JsonObject = {
            "access_token": self._auth.new_access_token(scope, robot),
            "expires_in": str(seconds) if self._auth.expires_in_is_text else seconds,
            "scope": scope,
            "token_type": "Bearer",
        }
        return json_response(token | more, headers={"Cache-Control": "no-store"})

    def _rest_of_life(self, token: Token) -> JsonObject:
        if token.dies is None:
            return {}
        return {"refresh_token_expires_in": int((token.dies - self._auth.clock()).total_seconds())}


def _basic(request: Request) -> dict[str, str]:
    """The client's name and secret from the header, where a client may write them as well as in the form."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, _, secret = b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        _refuse(400, "invalid_request", "Bad Authorization header.")
    return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}


def _check_client(form: Form) -> None:
    if form.get("client_id") != GOOGLE_CLIENT_ID:
        _refuse(401, "invalid_client", "The OAuth client was not found.")
    if form.get("client_secret") != GOOGLE_CLIENT_SECRET:
        _refuse(401, "invalid_client", "The provided client secret is invalid.")


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _refuse(status: int, error: str, description: str) -> Never:
    raise RefusalError(json_response({"error": error, "error_description": description}, status))
