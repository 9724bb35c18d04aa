-- The marts tell the same day: the summary is the sum of its categories, and so is the timeline's actual lane; the days
-- that are summed up are the days that there are.

with

affected as (

    select * from {{ ref('int_affected_days') }}

),

days as (

    select days.*
    from affected
    inner join {{ ref('days') }} as days on days.day = affected.day

),

summary as (

    select summary.*
    from affected
    inner join {{ ref('daily_summary') }} as summary on summary.day = affected.day

),

categories as (

    select categories.*
    from affected
    inner join {{ ref('daily_category') }} as categories on categories.day = affected.day

),

timeline as (

    select timeline.*
    from affected
    inner join {{ ref('daily_timeline') }} as timeline on timeline.day = affected.day
    where timeline.lane = 'actual'

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
