with

source as (

    select * from {{ source('toggl', 'toggl_track__projects') }}

),

typed as (

    select
        source_id::bigint as project_id,
        coalesce((data ->> 'client_id')::bigint, (data ->> 'cid')::bigint) as client_id,
        data ->> 'name' as name,
        lower(data ->> 'color') as color,
        coalesce((data ->> 'active')::boolean, true) as is_active,
        deleted_at is not null or data ->> 'server_deleted_at' is not null as is_deleted
    from source

)

select * from typed
