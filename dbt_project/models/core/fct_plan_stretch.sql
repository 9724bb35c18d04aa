with

events as (

    select * from {{ ref('fct_plan_event') }}

),

unions as (

    select
        day,
        category,
        range_agg(tstzrange(start_at, end_at)) as planned
    from events
    group by day, category

),

stretches as (

    select
        unions.day,
        unions.category,
        lower(stretch) as start_at,
        upper(stretch) as end_at,
        {{ seconds_between('lower(stretch)', 'upper(stretch)') }} as seconds
    from unions
    cross join lateral unnest(unions.planned) as stretch

)

select * from stretches
