with

days as (

    select * from {{ ref('dim_day') }}

),

figures as (

    select * from {{ ref('fct_category_day') }}

),

totals as (

    select
        day,
        coalesce(sum(actual_seconds) filter (where category <> 'Untracked'), 0) as tracked_seconds,
        coalesce(sum(actual_seconds) filter (where category = 'Untracked'), 0) as untracked_seconds,
        sum(planned_seconds) as planned_seconds,
        sum(overlap_seconds) as overlap_seconds
    from figures
    group by day

),

summarized as (

    select
        days.day,
        days.day_type,
        days.day_seconds,
        coalesce(totals.tracked_seconds, 0)::integer as tracked_seconds,
        coalesce(totals.untracked_seconds, 0)::integer as untracked_seconds,
        coalesce(totals.planned_seconds, 0)::integer as planned_seconds,
        -- The calendar is kept only as it is now, so a plan cannot differ from it.
        0 as replanned_seconds,
        'current' as plan_basis,
        (totals.overlap_seconds::numeric / nullif(totals.planned_seconds, 0))::numeric(7, 6) as adherence,
        days.is_partial as partial
    from days
    left join totals on totals.day = days.day

)

select * from summarized
