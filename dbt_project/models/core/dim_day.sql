with

entries as (

    select * from {{ ref('fct_time_entry') }}

),

events as (

    select * from {{ ref('fct_calendar_event') }}

),

sources as (

    select * from {{ ref('stg_lifetracer__sources') }}

),

holidays as (

    select * from {{ ref('stg_lifetracer__holidays') }}

),

present as (

    select {{ now() }} as instant

),

known_time as (

    select
        started_at as from_at,
        stopped_at as to_at
    from entries

    union all

    select
        start_at as from_at,
        end_at as to_at
    from events
    where role = 'plan'

),

span as (

    select
        present.instant as now,
        min(known_time.from_at) as from_at,
        max(known_time.to_at) as to_at,
        greatest(max(known_time.to_at), present.instant) + interval '2 days' as search_until
    from known_time
    cross join present
    group by present.instant

),

dates as (

    select
        dates.day,
        {{ local_date('span.now') }} + 1 as tomorrow,
        span.now,
        span.from_at,
        span.to_at
    from span
    cross join lateral {{ days_around('span.from_at', 'span.search_until') }} as dates

),

bounded as (

    select
        *,
        {{ day_start('day') }} as day_start,
        {{ day_start('(day + 1)') }} as day_end
    from dates

),

kept as (

    select * from bounded
    where day_start < day_end
        and day_end > from_at
        and (day <= tomorrow or day_start < to_at)

),

freshness as (

    select
        bool_or(as_of is null) as is_any_missing,
        min(as_of) as as_of
    from sources
    where is_configured

),

described as (

    select
        kept.day,
        kept.day_start,
        kept.day_end,
        {{ seconds_between('kept.day_start', 'kept.day_end') }} as day_seconds,
        extract(isodow from kept.day)::integer as iso_weekday,
        case
            when holidays.day is not null or extract(isodow from kept.day) in (6, 7) then 'holiday'
            else 'weekday'
        end as day_type,
        holidays.name_en as holiday_name_en,
        holidays.name_ja as holiday_name_ja,
        kept.day_end <= kept.now as is_ended,
        coalesce(freshness.is_any_missing or freshness.as_of < kept.day_end, false) as is_partial
    from kept
    cross join freshness
    left join holidays on holidays.day = kept.day

)

select * from described
