with

affected as (

    select * from {{ ref('int_affected_days') }}

),

event_days as (

    select * from {{ ref('int_event_day') }}

),

noted as (

    select
        event_days.day,
        event_days.title,
        event_days.calendar,
        event_days.category,
        event_days.source_id,
        event_days.is_private
    from affected
    inner join event_days on event_days.day = affected.day
    where event_days.role = 'note'

)

select * from noted
