{#- The figures of each category over a period, which is a column of `days`: week or month; what is usual for it is what
    the last `history` periods before it say that have any tracked time and are known as a whole.

    Sums are made per period, over the range of its days: one period is read without the others. -#}
{% macro categories_rolled_up(period, history) -%}
with

periods as (

    select
        {{ period }},
        min(day) as first_day,
        max(day) as last_day
    from {{ ref('days') }}
    group by {{ period }}

),

-- Found once, or it would be for each of the periods asked for.
tracked_periods as materialized (

    select
        days.{{ period }},
        min(days.day) as first_day,
        max(days.day) as last_day
    from {{ ref('days') }} as days
    inner join {{ ref('daily_summary') }} as summaries on summaries.day = days.day
    group by days.{{ period }}
    having
        bool_or(summaries.tracked_seconds > 0)
        -- The period of the first entry ever says nothing of what is usual, nor does one that is not over.
        and not coalesce(
            bool_or(summaries.tracked_seconds + summaries.untracked_seconds < summaries.day_seconds), false
        )

),

-- Used twice, yet to be looked up by its index.
figures as not materialized (

    select * from {{ ref('daily_category') }}

),

rolled_up as (

    select
        periods.{{ period }},
        sums.*,
        case
            when past.periods >= 2 then round(coalesce(before.actual_seconds, 0) / past.periods)::bigint
        end as usual_seconds
    from periods
    cross join lateral (
        select
            figures.category,
            figures.coarse_category,
            count(*)::integer as days,
            sum(figures.raw_seconds) as raw_seconds,
            sum(figures.actual_seconds) as actual_seconds,
            sum(figures.planned_seconds) as planned_seconds,
            sum(figures.overlap_seconds) as overlap_seconds,
            sum(figures.target_seconds) as target_seconds,
            (count(*) filter (where figures.achieved))::integer as achieved_days,
            count(figures.achieved)::integer as judged_days
        from figures
        where figures.day between periods.first_day and periods.last_day
        group by figures.category, figures.coarse_category
    ) as sums
    cross join lateral (
        select
            count(*) as periods,
            min(last_periods.first_day) as first_day
        from (
            select tracked_periods.first_day
            from tracked_periods
            where tracked_periods.{{ period }} < periods.{{ period }}
            order by tracked_periods.{{ period }} desc
            limit {{ history }}
        ) as last_periods
    ) as past
    left join lateral (
        select
            figures.category,
            sum(figures.actual_seconds)::numeric as actual_seconds
        from tracked_periods
        inner join figures on figures.day between tracked_periods.first_day and tracked_periods.last_day
        where tracked_periods.{{ period }} < periods.{{ period }} and tracked_periods.first_day >= past.first_day
        group by figures.category
    ) as before on before.category = sums.category

)

select * from rolled_up
{%- endmacro %}

{#- The figures of all days of a period, in the same way. -#}
{% macro days_rolled_up(period) -%}
with

periods as (

    select
        {{ period }},
        min(day) as first_day,
        max(day) as last_day
    from {{ ref('days') }}
    group by {{ period }}

),

summaries as (

    select * from {{ ref('daily_summary') }}

),

figures as (

    select * from {{ ref('daily_category') }}

),

sleeps as (

    select * from {{ ref('sleep') }} where kind = 'main'

),

rolled_up as (

    select
        periods.{{ period }},
        periods.first_day,
        periods.last_day,
        sums.days,
        sums.day_seconds,
        sums.tracked_seconds,
        sums.untracked_seconds,
        sums.planned_seconds,
        sums.replanned_seconds,
        (kept.overlap_seconds::numeric / nullif(sums.planned_seconds, 0))::numeric(7, 6) as adherence,
        (kept.spent_seconds::numeric / nullif(sums.planned_seconds, 0))::numeric(7, 6) as right_length,
        (kept.overlap_seconds::numeric / nullif(kept.spent_seconds, 0))::numeric(7, 6) as on_time,
        nights.nights,
        nights.asleep_seconds,
        sums.partial
    from periods
    cross join lateral (
        select
            count(*)::integer as days,
            sum(summaries.day_seconds) as day_seconds,
            sum(summaries.tracked_seconds) as tracked_seconds,
            sum(summaries.untracked_seconds) as untracked_seconds,
            sum(summaries.planned_seconds) as planned_seconds,
            sum(summaries.replanned_seconds) as replanned_seconds,
            bool_or(summaries.partial) as partial
        from summaries
        where summaries.day between periods.first_day and periods.last_day
    ) as sums
    cross join lateral (
        select
            sum(figures.overlap_seconds) as overlap_seconds,
            sum(least(figures.actual_seconds, figures.planned_seconds)) as spent_seconds
        from figures
        where figures.day between periods.first_day and periods.last_day
    ) as kept
    cross join lateral (
        select
            count(*)::integer as nights,
            coalesce(sum(sleeps.asleep_seconds), 0) as asleep_seconds
        from sleeps
        where sleeps.day between periods.first_day and periods.last_day
    ) as nights

)

select * from rolled_up
{%- endmacro %}
