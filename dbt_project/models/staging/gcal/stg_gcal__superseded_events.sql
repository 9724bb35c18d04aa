with

superseded as (

    select * from {{ ref('base_lifetracer__superseded') }}

),

live as (

    select * from superseded
    where table_name = 'google_calendar__events'
        and deleted_at is null
        and data ->> 'status' is distinct from 'cancelled'

),

typed as (

    select
        {{ event_columns() }},
        seen_at,
        superseded_at
    from live

)

select * from typed
