"""What a user has written into the environment whose Toggl and Google accounts are at the stand-in."""

from infra.local import credentials
from infra.local.server import StandIn


def accounts_at(stand_in: StandIn) -> dict[str, str]:
    """The variables that name both accounts and where they are."""
    return {
        "TOGGL_API_TOKEN": credentials.TOGGL_API_TOKEN,
        "TOGGL_API_URL": stand_in.toggl_url,
        "TOGGL_REPORTS_API_URL": stand_in.toggl_reports_url,
        "GOOGLE_CLIENT_ID": credentials.GOOGLE_CLIENT_ID,
        "GOOGLE_CLIENT_SECRET": credentials.GOOGLE_CLIENT_SECRET,
        "GOOGLE_REFRESH_TOKEN": credentials.GOOGLE_REFRESH_TOKEN,
        "GOOGLE_CALENDAR_API_URL": stand_in.calendar_url,
        "GOOGLE_TOKEN_URL": stand_in.token_url,
    }
