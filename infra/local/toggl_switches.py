"""How the Toggl stand-in behaves where the real service differs by plan, load or mood, or where nobody knows."""

from dataclasses import dataclass, field
from datetime import timedelta

from infra.local.quota import HOUR


@dataclass
class TogglSwitches:
    """Change any of them at any time.

    Limits: `quota_size` requests an hour (another `quota_window` shortens it) for each bucket, but for those that
    `quota_sizes` names by their organization, None being the user's own; with `paced` about one request a second.
    `plan_lacks` names what answers 402 without quota headers: `users`, `groups`, `tasks`, `time_entries`, `reports`.

    Track: `reach_days` is how far back a window may start, `since_reach_days` how old `since` may be, and
    `since_tells_old_starts` whether it also brings changed entries that start before the reach.
    `related_data_has_archived` is about `/me?with_related_data`; `null_collections` names lists that are `null` there
    and in listings of their own: `workspaces`, `clients`, `projects`, `tags`, `tasks`, `time_entries`.
    `tag_page_cap` is the most tags that a page holds, whatever is asked for. `z_stamps` writes the starts, stops and
    deletions of entries with `Z` instead of `+00:00`.

    Reports: `report_page_cap` is the most rows of a page; `report_cursor_needs_timestamp` answers a cursor without
    its timestamp with no rows; `report_lag_seconds` is by how much reports are behind: what changed later is shown as
    it was before, or, with `report_lag_hides`, not at all. `report_reach_days` is how far back the plan reports;
    what lies before it is 402. `report_rounding_minutes` rounds durations up unless a request says otherwise, as a
    person's preferences do. `report_lists_running` lists the running entry, without a stop.
    `report_overlong_is_empty` answers too long a span with no rows instead of 400.
    """

    quota_size: int = 30
    quota_window: timedelta = HOUR
    quota_sizes: dict[int | None, int] = field(default_factory=dict)
    paced: bool = False
    plan_lacks: set[str] = field(default_factory=lambda: {"groups", "tasks"})
    reach_days: int = 90
    since_reach_days: int = 90
    since_tells_old_starts: bool = True
    related_data_has_archived: bool = True
    null_collections: set[str] = field(default_factory=lambda: {"tasks"})
    tag_page_cap: int | None = None
    z_stamps: bool = False
    report_page_cap: int = 1000
    report_cursor_needs_timestamp: bool = True
    report_lag_seconds: float = 0
    report_lag_hides: bool = False
    report_reach_days: int | None = None
    report_rounding_minutes: int = 0
    report_lists_running: bool = False
    report_overlong_is_empty: bool = False
