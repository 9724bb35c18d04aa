with

days as (

    select dim_day.*
    from {{ ref('dim_day') }} as dim_day
    inner join {{ ref('int_affected_days') }} as affected on affected.day = dim_day.day

),

totals as (

    select * from {{ ref('fct_day') }}

),

summarized as (

    select
        days.day,
        days.day_type,
        days.day_seconds,
        totals.tracked_seconds,
        totals.untracked_seconds,
        totals.planned_seconds,
        totals.replanned_seconds,
        totals.plan_basis,
        (totals.overlap_seconds::numeric / nullif(totals.planned_seconds, 0))::numeric(7, 6) as adherence,
        days.is_partial as partial
    from days
    inner join totals on totals.day = days.day

)

select * from summarized
