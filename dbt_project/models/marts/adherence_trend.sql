with

days as (

    select * from {{ ref('daily_summary') }}

),

figures as (

    select * from {{ ref('daily_category') }}

),

trends as (

    select
        days.day,
        days.adherence,
        (last_days.spent::numeric / nullif(last_days.planned, 0))::numeric(7, 6) as right_length,
        (last_days.overlap::numeric / nullif(last_days.spent, 0))::numeric(7, 6) as on_time,
        (last_days.overlap_7::numeric / nullif(last_days.planned_7, 0))::numeric(7, 6) as adherence_7,
        (last_days.overlap_28::numeric / nullif(last_days.planned_28, 0))::numeric(7, 6) as adherence_28,
        last_days.planned_days_28
    from days
    -- Sought day by day: a window would have to pass over all of history before one day could be read.
    cross join lateral (
        select
            sum(figures.overlap_seconds) filter (where figures.day = days.day) as overlap,
            sum(figures.planned_seconds) filter (where figures.day = days.day) as planned,
            sum(least(figures.actual_seconds, figures.planned_seconds)) filter (where figures.day = days.day) as spent,
            sum(figures.overlap_seconds) filter (where figures.day > days.day - 7) as overlap_7,
            sum(figures.planned_seconds) filter (where figures.day > days.day - 7) as planned_7,
            sum(figures.overlap_seconds) as overlap_28,
            sum(figures.planned_seconds) as planned_28,
            count(distinct figures.day) filter (where figures.planned_seconds > 0)::integer as planned_days_28
        from figures
        where figures.day between days.day - 27 and days.day
    ) as last_days

)

select * from trends
