with

affected as (

    select min(day) as first_day from {{ ref('int_affected_days') }}

),

days as (

    select * from {{ ref('dim_day') }} where is_ended

),

figures as (

    select * from {{ ref('daily_category') }} where achieved is not null

),

judged as (

    select
        figures.day,
        figures.category,
        figures.achieved
    from figures
    inner join days on days.day = figures.day
    -- The end that bounds nothing tells the planner to look these days up.
    where figures.day between (select affected.first_day from affected) and 'infinity'

),

categories as (

    select distinct category from judged

),

-- Where each category stood the last time before these days.
before as (

    {% if is_incremental() -%}
    select
        categories.category,
        last_known.streak_days,
        last_known.best_days
    from categories
    cross join
        lateral (
            select
                known.streak_days,
                known.best_days
            from {{ this }} as known
            where known.category = categories.category and known.day < (select affected.first_day from affected)
            order by known.day desc
            limit 1
        ) as last_known
    {%- else -%}
    select
        category,
        0 as streak_days,
        0 as best_days
    from categories
    {%- endif %}

),

with_failures as (

    select
        day,
        category,
        achieved,
        count(*) filter (where not achieved) over (partition by category order by day) as failures
    from judged

),

-- A failure begins a streak of none; what was achieved before the first one goes on from where the category stood.
counted as (

    select
        with_failures.day,
        with_failures.category,
        with_failures.achieved,
        case when with_failures.failures = 0 then coalesce(before.streak_days, 0) else 0 end
        + count(*) filter (where with_failures.achieved) over (
            partition by with_failures.category, with_failures.failures
            order by with_failures.day
        ) as streak_days,
        before.best_days as best_before
    from with_failures
    left join before on before.category = with_failures.category

),

streaks as (

    select
        day,
        category,
        achieved,
        streak_days::integer as streak_days,
        -- Postgres passes over a null here.
        greatest(
            best_before, max(streak_days) over (partition by category order by day)
        )::integer as best_days
    from counted

)

select * from streaks
