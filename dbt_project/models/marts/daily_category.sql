with

estimated_days as (

    select * from {{ ref('int_estimated_days') }}

),

days as (

    select
        dim_day.*,
        estimated_days.past_days
    from {{ ref('dim_day') }} as dim_day
    inner join estimated_days on estimated_days.day = dim_day.day

),

-- Used twice, yet to be looked up by its index.
all_figures as not materialized (

    select * from {{ ref('fct_category_day') }}

),

categories as (

    select * from {{ ref('categories') }}

),

targets as (

    select * from {{ ref('targets') }}

),

figures as (

    select all_figures.*
    from days
    inner join all_figures on all_figures.day = days.day

),

-- Where both a target for the day's type and one for every day are valid, the narrower one counts.
targets_of_day as (

    select distinct on (days.day, targets.category)
        days.day,
        targets.category,
        targets.target_seconds,
        targets.direction
    from days
    inner join targets
        on coalesce(targets.day_type, days.day_type) = days.day_type
        and coalesce(targets.valid_from, '-infinity') <= days.day
        and days.day < coalesce(targets.valid_until, 'infinity')
    order by days.day, targets.category, targets.day_type nulls last

),

keys as (

    select
        day,
        category
    from figures

    union

    select
        day,
        category
    from targets_of_day

),

estimates as (

    select
        keys.day,
        keys.category,
        round(coalesce(sum(past.actual_seconds), 0)::numeric / cardinality(days.past_days))::integer
            as estimate_seconds
    from keys
    inner join days on days.day = keys.day
    cross join lateral unnest(days.past_days) as past_day
    left join all_figures as past on past.day = past_day and past.category = keys.category
    group by keys.day, keys.category, days.past_days

),

combined as (

    select
        keys.day,
        keys.category,
        categories.coarse_category,
        coalesce(figures.raw_seconds, 0) as raw_seconds,
        coalesce(figures.actual_seconds, 0) as actual_seconds,
        coalesce(figures.planned_seconds, 0) as planned_seconds,
        coalesce(figures.overlap_seconds, 0) as overlap_seconds,
        targets_of_day.target_seconds,
        targets_of_day.direction as target_direction,
        estimates.estimate_seconds
    from keys
    left join figures on figures.day = keys.day and figures.category = keys.category
    left join targets_of_day on targets_of_day.day = keys.day and targets_of_day.category = keys.category
    left join estimates on estimates.day = keys.day and estimates.category = keys.category
    left join categories on categories.category = keys.category

),

judged as (

    select
        *,
        case target_direction
            when 'more' then actual_seconds >= target_seconds
            when 'less' then actual_seconds <= target_seconds
        end as achieved
    from combined

)

select * from judged
