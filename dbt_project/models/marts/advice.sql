with

days as (

    select * from {{ ref('days') }}

),

later_days as (

    select * from {{ ref('days') }}

),

ended_days as (

    select * from {{ ref('days') }} where is_ended

),

upcoming as (

    select * from {{ ref('daily_category') }} where planned_seconds > 0

),

past as (

    select * from {{ ref('daily_category') }} where planned_seconds > 0

),

-- Uncategorized is no activity that could be planned better, and sleep has a mart of its own.
categories as (

    select * from {{ ref('shown_categories') }} where not is_sleep and category <> 'Uncategorized'

),

-- Sought day by day: one day is answered from the few rows that it needs.
habits as (

    select
        days.day,
        upcoming.category,
        upcoming.planned_seconds as next_planned_seconds,
        habit.planned_days,
        habit.kept_days,
        habit.ratio,
        habit.missed_share,
        habit.usual_seconds
    from days
    cross join
        lateral (
            select later_days.day from later_days where later_days.day > days.day
            order by later_days.day limit 1
        ) as next_day
    inner join upcoming on upcoming.day = next_day.day
    inner join categories on categories.category = upcoming.category
    cross join lateral (
        select
            count(*)::integer as planned_days,
            (count(*) filter (where 2 * past.overlap_seconds >= past.planned_seconds))::integer as kept_days,
            sum(past.actual_seconds)::numeric / sum(past.planned_seconds) as ratio,
            1 - sum(past.overlap_seconds)::numeric / sum(past.planned_seconds) as missed_share,
            round(avg(past.actual_seconds))::integer as usual_seconds
        from past
        inner join ended_days on ended_days.day = past.day
        where past.category = upcoming.category and past.day between days.day - 27 and days.day
    ) as habit

),

-- A plan for the next day that has learnt from the past already needs no advice.
applying as (

    select
        habits.*,
        rules.kind,
        rules.at_stake_seconds
    from habits
    cross join
        lateral (
            values
            (
                'takes_longer',
                habits.planned_days >= 5
                and habits.ratio >= 1.25
                and habits.usual_seconds > habits.next_planned_seconds,
                habits.usual_seconds - habits.next_planned_seconds
            ),
            (
                'takes_less',
                habits.planned_days >= 5
                and habits.ratio <= 0.75
                and habits.usual_seconds < habits.next_planned_seconds,
                habits.next_planned_seconds - habits.usual_seconds
            ),
            (
                'rarely_kept',
                habits.planned_days >= 4 and 2 * habits.kept_days < habits.planned_days,
                round(habits.next_planned_seconds * habits.missed_share)::integer
            )
        ) as rules (kind, applies, at_stake_seconds)
    where rules.applies

),

foremost as (

    select distinct on (day, category) *
    from applying
    order by day, category, at_stake_seconds desc, kind

),

placed as (

    select
        *,
        row_number() over (partition by day order by at_stake_seconds desc, category)::integer as place
    from foremost

)

select
    day,
    place,
    kind,
    category,
    planned_days,
    kept_days,
    -- A plan of a few seconds can be outlasted more than the column can say.
    least(ratio, 999)::numeric(7, 4) as ratio,
    next_planned_seconds,
    usual_seconds,
    at_stake_seconds
from placed
where place <= 3
