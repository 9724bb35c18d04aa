-- Every owned stretch of sleep of an affected day that has ended lies in exactly one sleep.

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

sleeps as (

    select * from {{ ref('sleep') }} as sleep where sleep.day >= (select min(days.day) from days)

),

stretches as (

    select owned.*
    from owned
    inner join categories on categories.category = owned.category

)

select
    stretches.day,
    stretches.start_at,
    stretches.end_at,
    count(sleeps.day) as sleeps
from stretches
left join sleeps
    on sleeps.day >= stretches.day
    and sleeps.bed_at <= stretches.start_at
    and stretches.end_at <= sleeps.wake_at
group by stretches.day, stretches.start_at, stretches.end_at
having count(sleeps.day) <> 1
