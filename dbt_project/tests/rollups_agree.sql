-- The weeks and months that hold an affected day are the sums of all their days, and days of all their stretches.

with

affected as (

    select days.*
    from {{ ref('int_affected_days') }} as affected
    inner join {{ ref('days') }} as days on days.day = affected.day

),

weeks as (

    select distinct week from affected

),

months as (

    select distinct month from affected

),

{%- for period in ['week', 'month'] %}

category_{{ period }}s as (

    select rolled_up.*
    from {{ period }}s
    cross join lateral (
        select * from {{ ref(period ~ 'ly_category') }} as whole where whole.{{ period }} = {{ period }}s.{{ period }}
    ) as rolled_up

),

summary_{{ period }}s as (

    select rolled_up.*
    from {{ period }}s
    cross join lateral (
        select * from {{ ref(period ~ 'ly_summary') }} as whole where whole.{{ period }} = {{ period }}s.{{ period }}
    ) as rolled_up

),

days_of_{{ period }}s as (

    select
        days.{{ period }},
        count(*) as days,
        sum(summaries.day_seconds) as day_seconds,
        sum(summaries.tracked_seconds) as tracked_seconds,
        sum(summaries.untracked_seconds) as untracked_seconds,
        sum(summaries.planned_seconds) as planned_seconds
    from {{ period }}s
    inner join {{ ref('days') }} as days on days.{{ period }} = {{ period }}s.{{ period }}
    inner join {{ ref('daily_summary') }} as summaries on summaries.day = days.day
    group by days.{{ period }}

),

categories_of_{{ period }}s as (

    select
        {{ period }},
        sum(actual_seconds) filter (where category <> 'Untracked') as tracked_seconds,
        sum(actual_seconds) filter (where category = 'Untracked') as untracked_seconds,
        sum(planned_seconds) as planned_seconds,
        sum(overlap_seconds) as overlap_seconds
    from category_{{ period }}s
    group by {{ period }}

),
{%- endfor %}

company as (

    select
        affected.day,
        sum(social.actual_seconds) as actual_seconds
    from affected
    cross join
        lateral (
            select * from {{ ref('daily_social') }} as whole where whole.day = affected.day
        ) as social
    group by affected.day

),

wrong as (

    {% for period in ['week', 'month'] -%}
    select
        summed.{{ period }} as since,
        '{{ period }}' as what
    from days_of_{{ period }}s as summed
    left join summary_{{ period }}s as summary on summary.{{ period }} = summed.{{ period }}
    left join categories_of_{{ period }}s as categories on categories.{{ period }} = summed.{{ period }}
    where (
        summary.days, summary.day_seconds,
        summary.tracked_seconds, summary.untracked_seconds, summary.planned_seconds
    ) is distinct from (
        summed.days, summed.day_seconds,
        summed.tracked_seconds, summed.untracked_seconds, summed.planned_seconds
    )
    or coalesce(categories.tracked_seconds, 0) <> summed.tracked_seconds
    or coalesce(categories.untracked_seconds, 0) <> summed.untracked_seconds
    or coalesce(categories.planned_seconds, 0) <> summed.planned_seconds
    or summary.adherence is distinct from
    (categories.overlap_seconds / nullif(summed.planned_seconds, 0))::numeric(7, 6)

    union all

    {% endfor -%}
    select
        summary.day as since,
        'company' as what
    from affected
    inner join {{ ref('daily_summary') }} as summary on summary.day = affected.day
    left join company on company.day = summary.day
    where coalesce(company.actual_seconds, 0) <> summary.tracked_seconds + summary.untracked_seconds

)

select * from wrong
