with

superseded as (

    select * from {{ ref('base_lifetracer__superseded') }}

),

typed as (

    select
        source_id as calendar_id,
        deleted_at is not null or coalesce((data ->> 'deleted')::boolean, false) as is_deleted,
        seen_at,
        superseded_at
    from superseded
    where table_name = 'google_calendar__calendar_list'

)

select * from typed
