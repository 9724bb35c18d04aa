"""Google's consent page: a person is asked whether the app may read, and sent back to it with the answer.

Source: Google Identity, "OAuth 2.0 for Mobile & Desktop Apps"; RFC 6749, section 4.1.1; RFC 7636, section 4.3.
"""

import re
from html import escape
from pathlib import Path
from string import Template
from typing import Never
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from infra.local.credentials import GOOGLE_CLIENT_ID
from infra.local.google_auth import SCOPE, GoogleAuth
from infra.local.habits import PRIMARY
from infra.local.wire import RefusalError

_PAGE = Template(Path(__file__).with_name("consent.html").read_text(encoding="utf-8"))
_QUESTION = Template("""\
<h1>lifetracer wants to read your calendars</h1>
  <p>Signed in as $account</p>
  <div class="scope">See your calendars and their events. Nothing can be changed.<p class="quiet">$scope</p></div>
  <form method="post"><button name="decision" value="deny">Deny</button>
    <button class="strong" name="decision" value="allow">Allow</button></form>""")
_BLOCKED = Template("""\
<h1>Access blocked</h1>
  <p>$message</p>
  <p class="quiet">Error $status: $error</p>""")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


class ConsentPage:
    """The route `/o/oauth2/v2/auth`: opened with the app's wish, and posted to with `decision` allow or deny."""

    def __init__(self, auth: GoogleAuth) -> None:
        self._auth = auth

    def routes(self) -> list[Route]:
        """The page and the answer to it."""
        return [Route("/o/oauth2/v2/auth", self._page, methods=["GET", "POST"])]

    async def _page(self, request: Request) -> Response:
        wish = request.query_params
        try:
            _check(wish)
        except RefusalError as refusal:
            return refusal.response
        if request.method == "GET":
            return HTMLResponse(_page("Sign in", _QUESTION, account=PRIMARY, scope=wish["scope"]))
        decision = parse_qs((await request.body()).decode("ascii", "replace")).get("decision")
        answer = self._allowed(wish) if decision == ["allow"] else {"error": "access_denied"}
        return RedirectResponse(f"{wish['redirect_uri']}?{urlencode(_state(wish) | answer)}", 302)

    def _allowed(self, wish: QueryParams) -> dict[str, str]:
        code = self._auth.consent(
            wish["redirect_uri"],
            wish["code_challenge"],
            offline=wish.get("access_type") == "offline",
            asked_again="consent" in wish.get("prompt", "").split(),
        )
        return {"code": code, "scope": self._auth.consent_scope}


def _state(wish: QueryParams) -> dict[str, str]:
    return {"state": wish["state"]} if "state" in wish else {}


def _check(wish: QueryParams) -> None:
    """Refuse what Google refuses on a page of its own, and a challenge other than S256, which Google leaves free."""
    if wish.get("client_id") != GOOGLE_CLIENT_ID:
        _refuse(401, "invalid_client", "The OAuth client was not found.")
    redirect = urlsplit(wish.get("redirect_uri", ""))
    if redirect.scheme != "http" or redirect.hostname not in _LOOPBACK or redirect.query:
        _refuse(400, "redirect_uri_mismatch", "A desktop app is answered on the loopback address.")
    if wish.get("response_type") != "code":
        _refuse(400, "unsupported_response_type", f"Invalid response_type: {wish.get('response_type', '')}")
    if wish.get("scope") != SCOPE:
        _refuse(400, "invalid_scope", f"This account has {SCOPE} to give, and nothing else.")
    if wish.get("access_type", "online") not in {"online", "offline"}:
        _refuse(400, "invalid_request", f"Invalid access_type: {wish['access_type']}")
    if wish.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(wish.get("code_challenge", "")):
        _refuse(400, "invalid_request", "A challenge by S256 is missing.")


def _refuse(status: int, error: str, message: str) -> Never:
    raise RefusalError(HTMLResponse(_page("Error", _BLOCKED, message=message, status=str(status), error=error), status))


def _page(title: str, content: Template, **words: str) -> str:
    safe = {name: escape(word) for name, word in words.items()}
    return _PAGE.substitute(title=title, content=content.substitute(safe))
