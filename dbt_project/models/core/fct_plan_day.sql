with

days as (

    select dim_day.*
    from {{ ref('dim_day') }} as dim_day
    inner join {{ ref('int_affected_days') }} as affected on affected.day = dim_day.day

),

coverage as (

    select * from {{ ref('stg_lifetracer__coverage') }}

),

known_in_time as (

    select
        days.day,
        coverage.stream,
        range_agg(coverage.during) as known
    from days
    inner join coverage
        on coverage.during && days.during
        and coverage.known_at <= days.plan_cutoff_at
    where coverage.source = 'gcal'
    group by days.day, coverage.stream

),

frozen as (

    select days.day
    from days
    inner join known_in_time
        on known_in_time.day = days.day
        and known_in_time.known @> days.during

),

based as (

    select
        days.day,
        days.plan_cutoff_at,
        case
            when days.day in (select frozen.day from frozen) then 'frozen'
            else 'current'
        end as plan_basis
    from days

)

select * from based
