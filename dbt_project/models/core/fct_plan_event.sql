with

event_days as (

    select * from {{ ref('int_event_day') }}

),

planned as (

    select
        day,
        source_id,
        seen_at,
        start_at,
        end_at,
        category,
        title,
        calendar,
        project_name,
        is_planned,
        is_current
    from event_days
    where role = 'plan'

)

select * from planned
