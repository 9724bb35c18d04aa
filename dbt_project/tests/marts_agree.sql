-- The marts tell the same day: the summary is the sum of its categories, and so is the timeline's actual lane; the days
-- that are summed up are the days that there are.

with

days as (

    select * from {{ ref('days') }}

),

summary as (

    select * from {{ ref('daily_summary') }}

),

categories as (

    select * from {{ ref('daily_category') }}

),

timeline as (

    select * from {{ ref('daily_timeline') }} where lane = 'actual'

),

by_category as (

    select
        day,
        sum(actual_seconds) filter (where category <> 'Untracked') as tracked_seconds,
        sum(actual_seconds) filter (where category = 'Untracked') as untracked_seconds,
        sum(planned_seconds) as planned_seconds
    from categories
    group by day

),

by_stretch as (

    select
        day,
        category,
        sum({{ seconds_between('start_at', 'end_at') }}) as actual_seconds
    from timeline
    group by day, category

)

select
    summary.day,
    'summary' as what
from summary
left join by_category on by_category.day = summary.day
where summary.tracked_seconds <> coalesce(by_category.tracked_seconds, 0)
    or summary.untracked_seconds <> coalesce(by_category.untracked_seconds, 0)
    or summary.planned_seconds <> coalesce(by_category.planned_seconds, 0)

union all

select
    coalesce(categories.day, by_stretch.day) as day,
    coalesce(categories.category, by_stretch.category) as what
from categories
full join by_stretch on by_stretch.day = categories.day and by_stretch.category = categories.category
where coalesce(categories.actual_seconds, 0) <> coalesce(by_stretch.actual_seconds, 0)

union all

select
    coalesce(days.day, summary.day) as day,
    'day' as what
from days
full join summary on summary.day = days.day
where days.day_seconds is distinct from summary.day_seconds
