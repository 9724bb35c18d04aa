"""How the Google stand-in behaves where the real service is free to, or where nobody knows."""

from dataclasses import dataclass

MOST_RESULTS = 2500


@dataclass
class GoogleSwitches:
    """Change any of them at any time.

    Pages: `page_cap` makes them shorter than asked for; `empty_first_page` sends one without rows, but with a next one.

    Sync tokens: `withhold_sync_token` ends listings without one; `delta_keeps_window` lets what changed be told only
    inside the window of the first listing; `delta_ignores_parameters` takes a token along with other parameters than
    those of the first listing, which is refused otherwise.

    Deletions: `announced_days` is how far from now, in days, the occurrences lie whose series has done away with them
    and that are told of as deleted; None tells of all. `cancelled_details` tells all of a cancelled event, and
    without `cancelled_series` a cancelled occurrence does not name its series.
    """

    page_cap: int = MOST_RESULTS
    empty_first_page: bool = False
    withhold_sync_token: bool = False
    delta_keeps_window: bool = False
    delta_ignores_parameters: bool = False
    announced_days: int | None = None
    cancelled_details: bool = False
    cancelled_series: bool = True
