with

source as (

    select * from {{ source('toggl', 'toggl_track__time_entries_report') }}

),

typed as (

    select
        source_id,
        (data ->> 'project_id')::bigint as project_id,
        nullif(data ->> 'description', '') as description,
        (data ->> 'start')::timestamptz as started_at,
        (data ->> 'stop')::timestamptz as stopped_at,
        (data ->> 'seconds')::bigint as duration_seconds,
        (data ->> 'at')::timestamptz as changed_at,
        deleted_at is not null or data ->> 'server_deleted_at' is not null as is_deleted,
        synced_at
    from source

)

select * from typed
