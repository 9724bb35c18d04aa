with

-- Used twice, yet for no more than either end of an index.
entries as not materialized (

    select * from {{ ref('fct_time_entry') }}

),

plans as (

    select * from {{ ref('fct_event_version') }} where role = 'plan'

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

first_entry as (

    select min(started_at) as started_at from entries

),

last_entry as (

    select max(stopped_at) as stopped_at from entries

),

-- A version that came after its event was over was never anybody's plan, unless it is the present one.
planned_time as (

    select
        min(lower(during)) as from_at,
        max(upper(during)) filter (where is_present) as to_at
    from plans
    where is_present or lower(known) < upper(during)

),

span as (

    select
        present.instant as now,
        first_entry.started_at as first_entry_at,
        least(first_entry.started_at, planned_time.from_at) as from_at,
        greatest(last_entry.stopped_at, planned_time.to_at) as to_at,
        greatest(last_entry.stopped_at, planned_time.to_at, present.instant) + interval '2 days' as search_until
    from first_entry
    cross join last_entry
    cross join planned_time
    cross join present

),

dates as (

    select
        dates.day,
        {{ local_date('span.now') }} + 1 as tomorrow,
        span.*
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
        tstzrange(kept.day_start, kept.day_end) as during,
        {{ seconds_between('kept.day_start', 'kept.day_end') }} as day_seconds,
        extract(isodow from kept.day)::integer as iso_weekday,
        date_trunc('week', kept.day::timestamp)::date as week,
        date_trunc('month', kept.day::timestamp)::date as month,
        case
            when holidays.day is not null or extract(isodow from kept.day) in (6, 7) then 'holiday'
            else 'weekday'
        end as day_type,
        holidays.name_en as holiday_name_en,
        holidays.name_ja as holiday_name_ja,
        kept.day_end <= kept.now as is_ended,
        coalesce(freshness.is_any_missing or freshness.as_of < kept.day_end, false) as is_partial,
        case
            when kept.first_entry_at < kept.day_end then greatest(kept.first_entry_at, kept.day_start)
        end as accounted_from,
        (kept.day + ({{ plan_cutoff() }})) at time zone {{ time_zone() }} as plan_cutoff_at
    from kept
    cross join freshness
    left join holidays on holidays.day = kept.day

)

select * from described
