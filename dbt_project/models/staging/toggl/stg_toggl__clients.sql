with

source as (

    select * from {{ source('toggl', 'toggl_track__clients') }}

),

typed as (

    select
        source_id::bigint as client_id,
        data ->> 'name' as name
    from source

)

select * from typed
