with

events as (

    select * from {{ ref('fct_calendar_event') }} where role = 'note'

),

days as (

    select * from {{ ref('dim_day') }}

),

noted as (

    select
        days.day,
        events.title,
        events.calendar,
        events.category,
        events.source_id
    from events
    inner join days on events.first_day <= days.day and days.day < events.day_after

)

select * from noted
