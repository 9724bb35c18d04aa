-- Toggl tells each entry's length beside its start and stop. The times count; a length that disagrees is worth knowing.

{{ config(severity='warn') }}

with

entries as (

    select * from {{ ref('fct_time_entry') }}

)

select
    entry_id,
    started_at,
    stopped_at,
    duration_seconds
from entries
where not is_running
    and duration_seconds <> seconds
