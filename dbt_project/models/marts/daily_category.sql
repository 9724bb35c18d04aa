with

days as (

    select * from {{ ref('dim_day') }}

),

figures as (

    select * from {{ ref('fct_category_day') }}

),

owned as (

    select * from {{ ref('fct_time_owned') }}

),

categories as (

    select * from {{ ref('dim_category') }}

),

targets as (

    select * from {{ ref('targets') }}

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

tracked_days as (

    select distinct day from owned where entry_id is not null

),

days_by_weekday as (

    select
        days.day,
        days.iso_weekday,
        tracked_days.day is not null as is_tracked,
        count(tracked_days.day) over (
            partition by days.iso_weekday
            order by days.day rows between unbounded preceding and 1 preceding
        ) as tracked_before
    from days
    left join tracked_days on tracked_days.day = days.day

),

-- The last four tracked days of the same weekday, where there are at least two.
history as (

    select
        today.day,
        past.day as past_day,
        least(today.tracked_before, 4) as days_known
    from days_by_weekday as today
    inner join days_by_weekday as past
        on past.iso_weekday = today.iso_weekday
        and past.is_tracked
        and past.tracked_before between today.tracked_before - 4 and today.tracked_before - 1
    where today.tracked_before >= 2

),

keys as (

    select day, category from figures
    union
    select day, category from targets_of_day

),

estimates as (

    select
        keys.day,
        keys.category,
        round(coalesce(sum(past.actual_seconds), 0)::numeric / max(history.days_known))::integer as estimate_seconds
    from keys
    inner join history on history.day = keys.day
    left join figures as past on past.day = history.past_day and past.category = keys.category
    group by keys.day, keys.category

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
