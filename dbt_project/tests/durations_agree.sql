-- Toggl tells each entry's length beside its times. The times count; a length that disagrees is worth knowing.

{{ config(severity='warn') }}

with

entries as (

    select * from {{ ref('stg_toggl__time_entries') }}

)

select
    entry_id,
    started_at,
    stopped_at,
    duration_seconds
from entries
where duration_seconds >= 0
    and stopped_at is not null
    and duration_seconds <> extract(epoch from stopped_at - started_at)
