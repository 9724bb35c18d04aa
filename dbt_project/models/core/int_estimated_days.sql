with

days as (

    select * from {{ ref('dim_day') }}

),

totals as (

    select * from {{ ref('fct_day') }}

),

affected as (

    select * from {{ ref('int_affected_days') }}

),

by_weekday as (

    select
        days.day,
        days.iso_weekday,
        coalesce(totals.tracked_seconds > 0, false) as is_tracked,
        count(*) filter (where totals.tracked_seconds > 0) over (
            partition by days.iso_weekday
            order by days.day rows between unbounded preceding and 1 preceding
        ) as tracked_before
    from days
    left join totals on totals.day = days.day

),

{% if should_full_refresh() %}
estimated as (

    select day from by_weekday

),
{% else %}
-- A day tells something about the days of its weekday that follow it, up to the fourth tracked one.
estimated as (

    select day from affected

    union

    select later.day
    from affected
    inner join by_weekday as later
        on later.iso_weekday = extract(isodow from affected.day)
        and later.day > affected.day
    where (
        select count(*)
        from by_weekday as earlier
        where earlier.iso_weekday = later.iso_weekday and earlier.is_tracked and earlier.day <= affected.day
    ) >= later.tracked_before - 3

),
{% endif %}

-- The last four tracked days of the same weekday; a single one tells nothing.
with_history as (

    select
        estimated.day,
        case
            when count(past.day) >= 2 then array_agg(past.day order by past.day)
        end as past_days
    from estimated
    left join by_weekday on by_weekday.day = estimated.day
    left join by_weekday as past
        on past.iso_weekday = by_weekday.iso_weekday
        and past.is_tracked
        and past.tracked_before between by_weekday.tracked_before - 4 and by_weekday.tracked_before - 1
    group by estimated.day

)

select * from with_history
