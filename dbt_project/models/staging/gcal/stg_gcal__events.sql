with

source as (

    select * from {{ source('gcal', 'google_calendar__events') }}

),

live as (

    select * from source
    where deleted_at is null and data ->> 'status' is distinct from 'cancelled'

),

typed as (

    select
        {{ event_columns() }},
        coalesce(seen_at, synced_at) as seen_at
    from live

)

select * from typed
