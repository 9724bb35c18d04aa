with

days as (

    select * from {{ ref('dim_day') }}

),

{% if should_full_refresh() %}
affected as (

    select day from days

)
{% else %}
-- Used several times, yet to be looked up by their indexes.
entries as not materialized (

    select * from {{ ref('fct_time_entry') }}

),

versions as not materialized (

    select * from {{ ref('fct_event_version') }}

),

read_first as (

    select
        *,
        case when what = 'entry' then key::bigint end as entry_id
    from {{ ref('int_touched') }}

),

-- What this build itself has found to be different, since.
found_since as (

    select
        *,
        case when what = 'project' then key::bigint end as project_id
    from {{ ref('stg_lifetracer__touched') }}
    where what in ('day', 'project', 'title', 'calendar')

),

touched_time as (

    select was as during from read_first where was is not null

    union

    select entries.during
    from read_first
    inner join entries on entries.entry_id = read_first.entry_id

    union

    select versions.during
    from read_first
    inner join versions on versions.source_id = read_first.key
    -- With a change of its privacy, also where it was planned before.
    where read_first.what = 'event' and versions.role = 'plan'

    union

    select during from entries where is_running

    union

    select entries.during
    from found_since
    inner join entries on entries.project_id = found_since.project_id

    union

    select versions.during
    from found_since
    inner join versions on versions.title = found_since.key
    where found_since.what = 'title' and versions.role = 'plan'

    union

    select versions.during
    from found_since
    inner join versions on versions.calendar_id = found_since.key
    where found_since.what = 'calendar' and versions.role = 'plan'

),

touched_dates as (

    select was_days as dates from read_first where was_days is not null

    union

    select versions.days as dates
    from read_first
    inner join versions on versions.source_id = read_first.key
    where read_first.what = 'event' and versions.role = 'note' and versions.is_present

    union

    select versions.days as dates
    from found_since
    inner join versions
        on versions.title = found_since.key and found_since.what = 'title'
        or versions.calendar_id = found_since.key and found_since.what = 'calendar'
    where versions.role = 'note'

),

-- A gap that goes to the stretch before it can begin or end that much outside of what has changed.
with_gaps as (

    select
        lower(during) - make_interval(secs => {{ var('gap_seconds') }}) as from_at,
        upper(during) + make_interval(secs => {{ var('gap_seconds') }}) as to_at
    from touched_time

),

affected as (

    select days.day
    from with_gaps
    cross join lateral {{ days_around('with_gaps.from_at', 'with_gaps.to_at') }} as around
    inner join days
        on days.day = around.day
        and days.day_start < with_gaps.to_at
        and with_gaps.from_at < days.day_end

    union

    select days.day
    from touched_dates
    inner join days on days.day <@ touched_dates.dates

    union

    -- Dates that are gone from the days as well.
    select key::date as day from found_since where what = 'day'

)
{% endif %}

select day from affected
