"""What a request to Toggl's API says in its path and query, read as strictly as the service reads it."""

from datetime import UTC, datetime, time

from infra.local.toggl_door import refuse, refuse_value
from infra.local.track import Track
from infra.local.wire import Ask, Parameters, iso_date, rfc3339

NO_LIMIT = 10**18


def read_since(ask: Ask) -> datetime | None:
    """The time that `since` says in seconds of the epoch, or None without it."""
    if "since" not in ask.query:
        return None
    latest = int(datetime.max.replace(tzinfo=UTC).timestamp())
    return datetime.fromtimestamp(Parameters(ask.query, refuse_value).integer("since", 0, 0, latest), UTC)


def read_moment(ask: Ask, name: str) -> datetime:
    """The time that a parameter says, a date being its UTC midnight."""
    text = ask.query[name]
    day = iso_date(text)
    moment = rfc3339(text) if day is None else datetime.combine(day, time(), UTC)
    if moment is None:
        refuse(400, f"{name} is neither a date nor an RFC 3339 time: '{text}'")
    return moment


def read_workspace_id(ask: Ask, track: Track) -> int:
    """The workspace that the path names; one that is not the user's is refused."""
    text = ask.path["workspace_id"]
    if not text.isdecimal():
        refuse(400, "Invalid workspace id")
    if int(text) not in track.workspaces:
        refuse(403, "User does not have access to this resource.")
    return int(text)
