with

days as (

    select * from {{ ref('days') }}

),

later_days as (

    select * from {{ ref('days') }}

),

planned as (

    select * from {{ ref('daily_timeline') }} where lane = 'plan'

),

seen_from_the_day_before as (

    select
        days.day,
        next_day.day as next_day,
        planned.start_at,
        planned.end_at,
        planned.category,
        planned.title,
        planned.project,
        planned.source_id,
        planned.is_private
    from days
    -- Not simply the next date: where a zone crossed the date line there is none of that name.
    cross join
        lateral (
            select later_days.day from later_days where later_days.day > days.day
            order by later_days.day limit 1
        ) as next_day
    inner join planned on planned.day = next_day.day

)

select * from seen_from_the_day_before
