with

track as (

    select
        *,
        1 as preference
    from {{ ref('base_toggl__time_entries') }}

),

reports as (

    select
        *,
        2 as preference
    from {{ ref('base_toggl__time_entries_report') }}

),

both_services as (

    select * from track
    union all
    select * from reports

),

-- By source_id, so that Postgres can look up one entry by the index of the raw tables.
ranked as (

    select
        *,
        bool_or(is_deleted) over (partition by source_id) as is_deleted_anywhere,
        -- Reports give whole seconds where Track gives fractions.
        row_number() over (
            partition by source_id
            order by date_trunc('second', changed_at) desc nulls last, preference
        ) as age
    from both_services

),

newest as (

    select
        source_id,
        source_id::bigint as entry_id,
        project_id,
        description,
        date_trunc('second', started_at) as started_at,
        date_trunc('second', stopped_at) as stopped_at,
        duration_seconds,
        synced_at
    from ranked
    where age = 1 and not is_deleted_anywhere

),

with_stop as (

    select
        source_id,
        entry_id,
        project_id,
        description,
        started_at,
        case
            when duration_seconds >= 0
                then coalesce(stopped_at, started_at + make_interval(secs => duration_seconds))
            else stopped_at
        end as stopped_at,
        duration_seconds,
        coalesce(duration_seconds < 0, false) and stopped_at is null as is_running,
        synced_at
    from newest

)

select * from with_stop
