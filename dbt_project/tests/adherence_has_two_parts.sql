-- On every affected day, and in its week and month, adherence is its two parts multiplied, as far as six decimals tell,
-- and all three are shares.

with

affected as (

    select days.*
    from {{ ref('int_affected_days') }} as affected
    inner join {{ ref('days') }} as days on days.day = affected.day

),

{%- for period, mart in [("day", "adherence_trend"), ("week", "weekly_summary"), ("month", "monthly_summary")] %}

{{ period }}s as (

    select distinct {{ period }} from affected

),

-- Each {{ period }} is asked for by itself, as a reader would.
asked_{{ period }}s as (

    select
        '{{ period }}' as what,
        {{ period }}s.{{ period }} as since,
        shares.*
    from {{ period }}s
    cross join lateral (
        select
            adherence,
            right_length,
            on_time
        from {{ ref(mart) }} as asked
        where asked.{{ period }} = {{ period }}s.{{ period }}
        limit 1
    ) as shares

),
{%- endfor %}

asked as (

    {% for period in ["day", "week", "month"] -%}
    select * from asked_{{ period }}s
    {{- "\n\n    union all\n\n    " if not loop.last }}
    {%- endfor %}

)

select * from asked
where abs(adherence - right_length * coalesce(on_time, 0)) > 0.000002
    or (adherence is null) <> (right_length is null)
    -- Postgres passes over nulls here.
    or least(adherence, right_length, on_time) < 0
    or greatest(adherence, right_length, on_time) > 1
