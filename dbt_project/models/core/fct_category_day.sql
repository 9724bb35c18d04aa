with

days as (

    select * from {{ ref('dim_day') }}

),

entries as (

    select * from {{ ref('fct_time_entry') }}

),

owned as (

    select * from {{ ref('fct_time_owned') }}

),

planned as (

    select * from {{ ref('fct_plan_stretch') }}

),

figures as (

    select
        days.day,
        entries.category,
        {{ seconds_between(
            'greatest(entries.started_at, days.day_start)', 'least(entries.stopped_at, days.day_end)'
        ) }} as raw_seconds,
        0 as actual_seconds,
        0 as planned_seconds,
        0 as overlap_seconds
    from entries
    cross join lateral {{ days_around('entries.started_at', 'entries.stopped_at') }} as around
    inner join days
        on days.day = around.day
        and entries.started_at < days.day_end
        and days.day_start < entries.stopped_at

    union all

    select
        day,
        category,
        0 as raw_seconds,
        seconds as actual_seconds,
        0 as planned_seconds,
        0 as overlap_seconds
    from owned

    union all

    select
        day,
        category,
        0 as raw_seconds,
        0 as actual_seconds,
        seconds as planned_seconds,
        0 as overlap_seconds
    from planned

    union all

    select
        planned.day,
        planned.category,
        0 as raw_seconds,
        0 as actual_seconds,
        0 as planned_seconds,
        {{ seconds_between(
            'greatest(planned.start_at, owned.start_at)', 'least(planned.end_at, owned.end_at)'
        ) }} as overlap_seconds
    from planned
    inner join owned
        on owned.day = planned.day
        and owned.category = planned.category
        and owned.start_at < planned.end_at
        and planned.start_at < owned.end_at

),

summed as (

    select
        day,
        category,
        sum(raw_seconds)::integer as raw_seconds,
        sum(actual_seconds)::integer as actual_seconds,
        sum(planned_seconds)::integer as planned_seconds,
        sum(overlap_seconds)::integer as overlap_seconds
    from figures
    group by day, category

)

select * from summed
