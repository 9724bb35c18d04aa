"""Sync tokens: where the holder of one stands, for which calendar, and with which parameters it may be used."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from json import JSONDecodeError, dumps, loads

from starlette.datastructures import QueryParams

from infra.local.google_refusals import refuse, refuse_value
from infra.local.google_switches import GoogleSwitches

CALENDAR_LIST_SCOPE = "calendarList"
_SPOILS_TOKEN = {"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty", "updatedMin"}
_NOT_WITH_TOKEN = _SPOILS_TOKEN | {"timeMin", "timeMax", "minAccessRole", "showOwnOrganizationOnly"}
_NEVER_FALSE_WITH_TOKEN = ("showDeleted", "showHidden")
# Of a listing of events; one of calendars may go on with other parameters.
_FIXED_BY_TOKEN = {"singleEvents", "eventTypes", "timeZone", "maxAttendees", "showHiddenInvitations", "maxResults"}


@dataclass(frozen=True)
class Since:
    """The state that a sync token stands for: when it was given, and the window of the first listing as asked for."""

    position: datetime
    time_min: str | None = None
    time_max: str | None = None


class SyncTokens:
    """Gives the tokens of one user and reads them back."""

    def __init__(self, switches: GoogleSwitches) -> None:
        self._switches = switches
        self._generation = 1

    def expire(self) -> None:
        """Let every token given so far be answered with 410."""
        self._generation += 1

    def give(self, scope: str, query: QueryParams, since: Since) -> str | None:
        """The token of a listing's last page, from which a later one goes on; None where the service gives none."""
        if _SPOILS_TOKEN & set(query) or self._switches.withhold_sync_token:
            return None
        position = since.position.isoformat()
        return seal("sync", scope, self._generation, position, _digest(scope, query), since.time_min, since.time_max)

    def read(self, scope: str, query: QueryParams) -> Since | None:
        """Where the holder of the query's token stands; None without one. What the service refuses is refused."""
        token = query.get("syncToken")
        if token is None:
            return None
        if _NOT_WITH_TOKEN & set(query) or "false" in map(query.get, _NEVER_FALSE_WITH_TOKEN):
            message = "Sync token cannot be used with other request restrictions."
            refuse(400, "syncTokenWithRequestRestrictions", message, "syncToken")
        owner, generation, position, digest = "", 0, "", ""
        match unseal(token):
            case ["sync", str(owner), int(generation), str(position), str(digest), time_min, time_max]:
                window = [bound if isinstance(bound, str) else None for bound in (time_min, time_max)]
            case _:
                refuse_value("syncToken", token)
        if owner != scope:
            refuse_value("syncToken", token)
        if generation != self._generation:
            refuse(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.", "syncToken")
        if digest != _digest(scope, query) and not self._switches.delta_ignores_parameters:
            refuse(400, "invalid", "The parameters differ from those that the sync token was given for.", "syncToken")
        return Since(datetime.fromisoformat(position), *window)


def seal(*parts: object) -> str:
    """A token that hides what it says from whoever holds it."""
    return urlsafe_b64encode(dumps(parts).encode()).decode()


def unseal(token: str) -> object:
    """What a token says, or None when nobody here has given it."""
    try:
        return loads(urlsafe_b64decode(token.encode()))
    except (JSONDecodeError, UnicodeError, ValueError):
        return None


def _digest(scope: str, query: QueryParams) -> str:
    """What stands for the parameters that must stay the same from a first listing to every later one."""
    names = sorted(_FIXED_BY_TOKEN & set(query)) if scope != CALENDAR_LIST_SCOPE else []
    fixed = {name: ",".join(sorted(query.getlist(name))) for name in names}
    return hashlib.sha256(dumps(fixed).encode()).hexdigest()[:12]
