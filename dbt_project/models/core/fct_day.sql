with

affected as (

    select * from {{ ref('int_affected_days') }}

),

plan_days as (

    select * from {{ ref('fct_plan_day') }}

),

figures as (

    select * from {{ ref('fct_category_day') }}

),

stretches as (

    select * from {{ ref('fct_plan_stretch') }}

),

totals as (

    select
        affected.day,
        coalesce(sum(figures.actual_seconds) filter (where figures.category <> 'Untracked'), 0) as tracked_seconds,
        coalesce(sum(figures.actual_seconds) filter (where figures.category = 'Untracked'), 0) as untracked_seconds,
        coalesce(sum(figures.planned_seconds), 0) as planned_seconds,
        coalesce(sum(figures.overlap_seconds), 0) as overlap_seconds
    from affected
    left join figures on figures.day = affected.day
    group by affected.day

),

plans as (

    select
        affected.day,
        stretches.category,
        coalesce(
            range_agg(tstzrange(stretches.start_at, stretches.end_at)) filter (where stretches.basis = 'frozen'), '{}'
        ) as frozen,
        coalesce(
            range_agg(tstzrange(stretches.start_at, stretches.end_at)) filter (where stretches.basis = 'current'), '{}'
        ) as present
    from affected
    inner join stretches on stretches.day = affected.day
    group by affected.day, stretches.category

),

replanned as (

    select
        plans.day,
        sum({{ seconds_between('lower(changed)', 'upper(changed)') }}) as seconds
    from plans
    cross join lateral unnest((plans.frozen + plans.present) - (plans.frozen * plans.present)) as changed
    group by plans.day

),

summed as (

    select
        plan_days.day,
        totals.tracked_seconds::integer as tracked_seconds,
        totals.untracked_seconds::integer as untracked_seconds,
        totals.planned_seconds::integer as planned_seconds,
        totals.overlap_seconds::integer as overlap_seconds,
        case plan_days.plan_basis when 'frozen' then coalesce(replanned.seconds, 0) else 0 end::integer
            as replanned_seconds,
        plan_days.plan_basis
    from totals
    inner join plan_days on plan_days.day = totals.day
    left join replanned on replanned.day = totals.day

)

select * from summed
