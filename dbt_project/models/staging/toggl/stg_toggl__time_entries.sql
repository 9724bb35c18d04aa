with

track as (

    select * from {{ source('toggl', 'toggl_track__time_entries') }}

),

reports as (

    select * from {{ source('toggl', 'toggl_track__time_entries_report') }}

),

both_tables as (

    select
        source_id::bigint as entry_id,
        data,
        synced_at,
        (data ->> 'duration')::bigint as duration_seconds,
        deleted_at is not null or data ->> 'server_deleted_at' is not null as is_deleted,
        1 as preference
    from track

    union all

    select
        source_id::bigint as entry_id,
        data,
        synced_at,
        (data ->> 'seconds')::bigint as duration_seconds,
        deleted_at is not null or data ->> 'server_deleted_at' is not null as is_deleted,
        2 as preference
    from reports

),

ranked as (

    select
        *,
        bool_or(is_deleted) over (partition by entry_id) as is_deleted_anywhere,
        -- Reports give whole seconds where Track gives fractions.
        row_number() over (
            partition by entry_id
            order by date_trunc('second', (data ->> 'at')::timestamptz) desc nulls last, preference
        ) as age
    from both_tables

),

newest as (

    select
        entry_id,
        (data ->> 'project_id')::bigint as project_id,
        nullif(data ->> 'description', '') as description,
        date_trunc('second', (data ->> 'start')::timestamptz) as started_at,
        date_trunc('second', (data ->> 'stop')::timestamptz) as stopped_at,
        duration_seconds,
        synced_at
    from ranked
    where age = 1 and not is_deleted_anywhere

),

typed as (

    select
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

select * from typed
