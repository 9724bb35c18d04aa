{#- The figures of each category over a period, which is a column of `days`: week or month.

    Sums are made per period, over the range of its days: one period is read without the others. -#}
{% macro categories_rolled_up(period) -%}
with

periods as (

    select
        {{ period }},
        min(day) as first_day,
        max(day) as last_day
    from {{ ref('days') }}
    group by {{ period }}

),

figures as (

    select * from {{ ref('daily_category') }}

),

rolled_up as (

    select
        periods.{{ period }},
        sums.*
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

)

select * from rolled_up
{%- endmacro %}
