with

days as (

    select dim_day.*
    from {{ ref('dim_day') }} as dim_day
    inner join {{ ref('int_affected_days') }} as affected on affected.day = dim_day.day

),

-- Used twice, yet to be looked up by its index.
coverage as not materialized (

    select * from {{ ref('stg_lifetracer__coverage') }} where source = 'gcal'

),

-- Most days lie whole within what one reading covered, and the first that is found will do.
known_at_once as (

    select days.day
    from days
    where exists (
            select from coverage
            where coverage.during @> days.during and coverage.known_at <= days.plan_cutoff_at
        )

),

known_in_parts as (

    select days.day
    from days
    inner join coverage on coverage.during && days.during and coverage.known_at <= days.plan_cutoff_at
    where days.day not in (select known_at_once.day from known_at_once)
    group by days.day, days.during, coverage.stream
    having range_agg(coverage.during) @> days.during

),

frozen as (

    select day from known_at_once
    union
    select day from known_in_parts

),

based as (

    select
        days.day,
        days.plan_cutoff_at,
        case when frozen.day is null then 'current' else 'frozen' end as plan_basis
    from days
    left join frozen on frozen.day = days.day

)

select * from based
