-- Every owned stretch of sleep of an affected day that has ended lies in a sleep, and no two sleeps overlap.

with

days as (

    select days.*
    from {{ ref('int_affected_days') }} as affected
    inner join {{ ref('dim_day') }} as days on days.day = affected.day
    where days.is_ended

),

owned as (

    select owned.*
    from days
    inner join {{ ref('fct_time_owned') }} as owned on owned.day = days.day

),

categories as (

    select * from {{ ref('dim_category') }} where is_sleep

),

-- Used twice, yet to be looked up by its index.
sleeps as not materialized (

    select * from {{ ref('sleep') }}

),

stretches as (

    select owned.*
    from owned
    inner join categories on categories.category = owned.category

),

-- Sleeps follow one another, so only the first to end late enough can hold a stretch.
sought as (

    select
        stretches.day,
        stretches.start_at,
        stretches.end_at,
        first_to_end.bed_at,
        first_to_end.wake_at
    from stretches
    left join lateral (
        select * from sleeps
        where sleeps.day >= stretches.day and sleeps.wake_at >= stretches.end_at
        order by sleeps.day, sleeps.number
        limit 1
    ) as first_to_end on true

),

overlapping as (

    select
        sleeps.day,
        sleeps.bed_at,
        lag(sleeps.wake_at) over (order by sleeps.day, sleeps.number) as last_wake_at
    from sleeps
    where sleeps.day >= (select min(days.day) from days)

)

select
    day,
    start_at,
    end_at
from sought
where bed_at is null or bed_at > start_at

union all

select
    day,
    bed_at as start_at,
    last_wake_at as end_at
from overlapping
where bed_at < last_wake_at
