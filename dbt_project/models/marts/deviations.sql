with

figures as (

    select * from {{ ref('daily_category') }}

),

measured as (

    select
        day,
        category,
        actual_seconds - planned_seconds as deviation_seconds
    from figures
    where category <> 'Untracked' and (actual_seconds > 0 or planned_seconds > 0)

),

placed as (

    select
        day,
        category,
        deviation_seconds,
        row_number() over (partition by day order by abs(deviation_seconds) desc, category)::integer as place
    from measured

)

select * from placed
