with

affected as (

    select * from {{ ref('int_affected_days') }}

),

plan_days as (

    select * from {{ ref('fct_plan_day') }}

),

events as (

    select * from {{ ref('fct_plan_event') }}

),

by_basis as (

    select
        events.day,
        bases.basis,
        events.category,
        tstzrange(events.start_at, events.end_at) as during
    from affected
    inner join plan_days on plan_days.day = affected.day
    inner join events on events.day = affected.day
    inner join lateral (
        values
        ('frozen', plan_days.plan_basis = 'frozen' and events.is_planned),
        ('current', events.is_current)
    ) as bases (basis, counts) on bases.counts

),

unions as (

    select
        day,
        basis,
        category,
        range_agg(during) as planned
    from by_basis
    group by day, basis, category

),

stretches as (

    select
        unions.day,
        unions.basis,
        unions.category,
        lower(stretch) as start_at,
        upper(stretch) as end_at,
        {{ seconds_between('lower(stretch)', 'upper(stretch)') }} as seconds
    from unions
    cross join lateral unnest(unions.planned) as stretch

)

select * from stretches
