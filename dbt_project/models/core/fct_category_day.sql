with

days as (

    select
        dim_day.*,
        plan_days.plan_basis
    from {{ ref('dim_day') }} as dim_day
    inner join {{ ref('int_affected_days') }} as affected on affected.day = dim_day.day
    inner join {{ ref('fct_plan_day') }} as plan_days on plan_days.day = dim_day.day

),

entries as (

    select * from {{ ref('fct_time_entry') }}

),

categories_of_projects as (

    select * from {{ ref('dim_project_category') }}

),

all_owned as (

    select * from {{ ref('fct_time_owned') }}

),

stretches as (

    select * from {{ ref('fct_plan_stretch') }}

),

owned as (

    select all_owned.*
    from days
    inner join all_owned on all_owned.day = days.day

),

planned as (

    select stretches.*
    from days
    inner join stretches on stretches.day = days.day and stretches.basis = days.plan_basis

),

figures as (

    select
        days.day,
        coalesce(categories_of_projects.category, 'Uncategorized') as category,
        {{ seconds_between(
            'greatest(entries.started_at, days.day_start)', 'least(entries.stopped_at, days.day_end)'
        ) }} as raw_seconds,
        0 as actual_seconds,
        0 as planned_seconds,
        0 as overlap_seconds
    from days
    inner join entries on entries.during && days.during
    left join categories_of_projects
        on categories_of_projects.project_id = entries.project_id
        and categories_of_projects.valid_from <= days.day
        and days.day < categories_of_projects.valid_until

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
