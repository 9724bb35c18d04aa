with

days as (

    select * from {{ ref('days') }}

),

past_days as (

    select * from {{ ref('days') }}

),

figures as (

    select * from {{ ref('daily_category') }}

),

recent_figures as (

    select * from {{ ref('daily_category') }}

),

history as (

    select
        days.day,
        categories.category,
        past_days.day as past_day,
        coalesce(past.actual_seconds, 0) as actual_seconds,
        coalesce(past.planned_seconds, 0) as planned_seconds,
        past.target_seconds,
        past.achieved
    from days
    cross join
        lateral (
            select distinct recent_figures.category
            from recent_figures
            where recent_figures.day between days.day - 27 and days.day
        ) as categories
    inner join past_days on past_days.day between days.day - 27 and days.day
    -- One at most; said so, it is looked up, while a plain join would read all that ever was.
    left join lateral (
        select figures.*
        from figures
        where figures.day = past_days.day and figures.category = categories.category
        limit 1
    ) as past on true

)

select * from history
