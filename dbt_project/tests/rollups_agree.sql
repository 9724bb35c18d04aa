-- Weeks and months that hold an affected day are the sums of their days, and days those of the company kept on them.

with

affected as (

    select days.*
    from {{ ref('int_affected_days') }} as affected
    inner join {{ ref('days') }} as days on days.day = affected.day

),

-- Used several times, yet to be looked up by its index.
summaries as not materialized (

    select * from {{ ref('daily_summary') }}

),

{%- for period in ['week', 'month'] %}

{{ period }}s as (

    select distinct {{ period }} from affected

),

-- Each {{ period }} is asked for by itself, as a reader would.
asked_{{ period }}s as (

    select
        {{ period }}s.{{ period }} as since,
        summary.adherence,
        array[
            summary.days,
            summary.day_seconds,
            summary.tracked_seconds,
            summary.untracked_seconds,
            summary.planned_seconds
        ]::numeric[] as totals,
        array[
            categories.tracked_seconds, categories.untracked_seconds, categories.planned_seconds
        ]::numeric[] as category_totals,
        categories.adherence as category_adherence
    from {{ period }}s
    cross join
        lateral (
            select *
            from {{ ref(period ~ 'ly_summary') }} as rolled_up
            where rolled_up.{{ period }} = {{ period }}s.{{ period }}
            limit 1
        ) as summary
    cross join lateral (
        select
            coalesce(sum(actual_seconds) filter (where category <> 'Untracked'), 0) as tracked_seconds,
            coalesce(sum(actual_seconds) filter (where category = 'Untracked'), 0) as untracked_seconds,
            coalesce(sum(planned_seconds), 0) as planned_seconds,
            (sum(overlap_seconds) / nullif(sum(planned_seconds), 0))::numeric(7, 6) as adherence
        from {{ ref(period ~ 'ly_category') }} as rolled_up
        where rolled_up.{{ period }} = {{ period }}s.{{ period }}
    ) as categories

),

summed_{{ period }}s as (

    select
        {{ period }}s.{{ period }} as since,
        array[
            count(*),
            sum(summaries.day_seconds),
            sum(summaries.tracked_seconds),
            sum(summaries.untracked_seconds),
            sum(summaries.planned_seconds)
        ]::numeric[] as totals
    from {{ period }}s
    inner join {{ ref('days') }} as days on days.{{ period }} = {{ period }}s.{{ period }}
    inner join summaries on summaries.day = days.day
    group by {{ period }}s.{{ period }}

),
{%- endfor %}

company as (

    select
        affected.day,
        asked.actual_seconds
    from affected
    cross join lateral (
        select coalesce(sum(social.actual_seconds), 0) as actual_seconds
        from {{ ref('daily_social') }} as social
        where social.day = affected.day
    ) as asked

),

wrong as (

    {% for period in ['week', 'month'] -%}
    select
        summed.since,
        '{{ period }}' as what
    from summed_{{ period }}s as summed
    left join asked_{{ period }}s as asked on asked.since = summed.since
    where asked.totals is distinct from summed.totals
        or asked.category_totals is distinct from summed.totals[3:5]
        or asked.adherence is distinct from asked.category_adherence

    union all

    {% endfor -%}
    select
        summaries.day as since,
        'company' as what
    from company
    inner join summaries on summaries.day = company.day
    where company.actual_seconds <> summaries.tracked_seconds + summaries.untracked_seconds

)

select * from wrong
