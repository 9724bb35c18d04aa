with

events as (

    select * from {{ ref('fct_calendar_event') }} where role = 'plan'

),

days as (

    select * from {{ ref('dim_day') }}

),

cut_at_midnight as (

    select
        days.day,
        events.source_id,
        greatest(events.start_at, days.day_start) as start_at,
        least(events.end_at, days.day_end) as end_at,
        events.category,
        events.title,
        events.project_name
    from events
    cross join lateral {{ days_around('events.start_at', 'events.end_at') }} as around
    inner join days
        on days.day = around.day
        and events.start_at < days.day_end
        and days.day_start < events.end_at

)

select * from cut_at_midnight
