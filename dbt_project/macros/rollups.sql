{#- The figures of each category over a period, which is a column of `days`: week or month. -#}
{% macro categories_rolled_up(period) -%}
with

days as (

    select * from {{ ref('days') }}

),

figures as (

    select * from {{ ref('daily_category') }}

),

summed as (

    select
        days.{{ period }},
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
    from days
    inner join figures on figures.day = days.day
    group by days.{{ period }}, figures.category, figures.coarse_category

)

select * from summed
{%- endmacro %}

{#- The figures of all days of a period, which is a column of `days`: week or month. -#}
{% macro days_rolled_up(period) -%}
with

days as (

    select * from {{ ref('days') }}

),

summaries as (

    select * from {{ ref('daily_summary') }}

),

figures as (

    select * from {{ ref('daily_category') }}

),

summed as (

    select
        days.{{ period }},
        min(days.day) as first_day,
        max(days.day) as last_day,
        count(*)::integer as days,
        sum(days.day_seconds) as day_seconds,
        sum(summaries.tracked_seconds) as tracked_seconds,
        sum(summaries.untracked_seconds) as untracked_seconds,
        sum(summaries.planned_seconds) as planned_seconds,
        sum(summaries.replanned_seconds) as replanned_seconds,
        (sum(kept.overlap_seconds) / nullif(sum(summaries.planned_seconds), 0))::numeric(7, 6) as adherence,
        bool_or(summaries.partial) as partial
    from days
    inner join summaries on summaries.day = days.day
    -- Sought day by day, so that one {{ period }} is read without the others.
    cross join lateral (
        select sum(figures.overlap_seconds) as overlap_seconds from figures where figures.day = days.day
    ) as kept
    group by days.{{ period }}

)

select * from summed
{%- endmacro %}
