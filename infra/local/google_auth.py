"""Who may read the invented Google account: its consents, codes, refresh tokens and access tokens, and when each dies.

Source: Google Identity, "Using OAuth 2.0 to Access Google APIs" and "OAuth 2.0 for Mobile & Desktop Apps".
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from starlette.requests import Request

from infra.local.clock import Clock
from infra.local.credentials import GOOGLE_REFRESH_TOKEN

SCOPE = "https://www.googleapis.com/auth/calendar.readonly"
LIFE_IN_TESTING = timedelta(days=7)
_CODE_LIFE = timedelta(minutes=10)


@dataclass(frozen=True)
class Code:
    """What a one-time code stands for: the answer to one consent, until it dies."""

    redirect_uri: str
    challenge: str
    scope: str
    gives_refresh_token: bool
    dies: datetime


@dataclass(frozen=True)
class Token:
    """A refresh token or an access token: the scopes that it opens, and when it dies (None: never by itself).

    `robot` is the address of the service account that it was given to, empty for the person.
    """

    scope: str
    dies: datetime | None
    robot: str = ""


@dataclass
class GoogleAuth:
    """All that Google has granted, and switches for how it grants; change them at any time.

    `revoked` makes the refresh token that the account starts with dead. While the app is `in_testing`, a consent gives
    a refresh token that dies after seven days, whether or not the app is published in the meantime.
    `consent_scope` is what a consent grants; a person can withhold what was asked for.
    `expires_in_is_text` writes the lifetime as a string, which Google sometimes does.
    `service_accounts` are public keys in PEM by the address of the account that signs with the other half;
    `shared` are the ids of the calendars that the person has shared with all of them.
    """

    clock: Clock
    revoked: bool = False
    in_testing: bool = False
    consent_scope: str = SCOPE
    token_lifetime_seconds: int = 3599
    expires_in_is_text: bool = False
    service_accounts: dict[str, str] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    tokens: dict[str, Token] = field(default_factory=dict)
    refresh_tokens: dict[str, Token] = field(default_factory=lambda: {GOOGLE_REFRESH_TOKEN: Token(SCOPE, None)})

    def __post_init__(self) -> None:
        self._codes: dict[str, Code] = {}
        self._consented = False
        self._numbers = count(1)

    def expire_access_tokens(self) -> None:
        """Let every access token given so far be refused from now on."""
        self.tokens.clear()

    def accepts(self, request: Request) -> bool:
        """Whether the request carries an access token that is still good."""
        return self._token_of(request) is not None

    def opens(self, request: Request, scope: str) -> bool:
        """Whether the request's access token was given for this scope."""
        token = self._token_of(request)
        return token is not None and scope in token.scope.split()

    def is_robot(self, request: Request) -> bool:
        """Whether it is a service account that asks."""
        token = self._token_of(request)
        return token is not None and token.robot != ""

    def consent(self, redirect_uri: str, challenge: str, *, offline: bool, asked_again: bool) -> str:
        """A person allows the app to read; gives the one-time code.

        A refresh token comes with it when the app asks for access `offline`, and for the second and any later consent
        only when it had the person `asked_again` on purpose.
        """
        gives_refresh_token = offline and (asked_again or not self._consented)
        self._consented = True
        code = f"4/demo-code-{next(self._numbers)}"
        dies = self.clock() + _CODE_LIFE
        self._codes[code] = Code(redirect_uri, challenge, self.consent_scope, gives_refresh_token, dies)
        return code

    def use_code(self, text: str) -> Code | None:
        """What a code stands for; None when there is no such code, when it was used before, or when it is too old."""
        code = self._codes.pop(text, None)
        return code if code is not None and self.clock() < code.dies else None

    def new_refresh_token(self, scope: str) -> tuple[str, Token]:
        """A refresh token, given now."""
        name = f"1//demo-refresh-token_{next(self._numbers)}"
        self.refresh_tokens[name] = Token(scope, self.clock() + LIFE_IN_TESTING if self.in_testing else None)
        return name, self.refresh_tokens[name]

    def refresh_token(self, name: str) -> Token | None:
        """A refresh token that still works."""
        token = self.refresh_tokens.get(name)
        if name == GOOGLE_REFRESH_TOKEN and self.revoked:
            return None
        return token if token is not None and self._lives(token) else None

    def new_access_token(self, scope: str, robot: str = "") -> str:
        """An access token, given now to the person or to a service account."""
        name = f"demo-access-token-{next(self._numbers)}"
        self.tokens[name] = Token(scope, self.clock() + timedelta(seconds=self.token_lifetime_seconds), robot)
        return name

    def _token_of(self, request: Request) -> Token | None:
        scheme, _, name = request.headers.get("Authorization", "").partition(" ")
        token = self.tokens.get(name) if scheme.lower() == "bearer" else None
        return token if token is not None and self._lives(token) else None

    def _lives(self, token: Token) -> bool:
        return token.dies is None or self.clock() < token.dies
