-- depends_on: {{ ref('int_touched') }}

with

present as (

    select
        *,
        null::timestamptz as superseded_at
    from {{ ref('stg_gcal__calendars') }}

),

superseded as (

    select * from {{ ref('stg_gcal__superseded_calendars') }}

),

versions as (

    select
        calendar_id,
        is_deleted,
        seen_at,
        superseded_at
    from present

    union all

    select
        calendar_id,
        is_deleted,
        least(seen_at, superseded_at) as seen_at,
        superseded_at
    from superseded

),

-- Before it was first seen nobody knows that a calendar was not in the list.
listings as (

    select
        calendar_id,
        tstzmultirange(tstzrange(null, min(seen_at)))
        + coalesce(range_agg(tstzrange(seen_at, superseded_at)) filter (where not is_deleted), '{}') as listed
    from versions
    group by calendar_id

),

described as (

    select
        present.calendar_id,
        coalesce(present.name, present.calendar_id) as name,
        present.is_deleted,
        listings.listed
    from present
    inner join listings on listings.calendar_id = present.calendar_id

)

select * from described
