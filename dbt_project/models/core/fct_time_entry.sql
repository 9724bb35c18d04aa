-- depends_on: {{ ref('int_touched') }}

with

{% if is_incremental() %}
wanted as (

    select key as source_id from {{ ref('int_touched') }} where what = 'entry'
    union
    -- The stop of a running entry moves with every sync, although its record does not change.
    select entry_id::text as source_id from {{ this }} where is_running

),

-- One by one: Postgres looks each of them up by its index, instead of typing all records there are.
entries as (

    select entry.*
    from wanted
    cross join lateral (
        select * from {{ ref('stg_toggl__time_entries') }} as any_entry
        where any_entry.source_id = wanted.source_id
        offset 0
    ) as entry

),
{% else %}
entries as (

    select * from {{ ref('stg_toggl__time_entries') }}

),
{% endif %}
toggl as (

    select * from {{ ref('stg_lifetracer__sources') }} where source = 'toggl'

),

timed as (

    select
        entries.entry_id,
        entries.project_id,
        entries.description as title,
        entries.started_at,
        case
            when entries.is_running then date_trunc('second', coalesce(toggl.as_of, entries.synced_at))
            else entries.stopped_at
        end as stopped_at,
        entries.is_running,
        entries.duration_seconds
    from entries
    left join toggl on true

),

lasting as (

    select
        entry_id,
        project_id,
        title,
        started_at,
        stopped_at,
        tstzrange(started_at, stopped_at) as during,
        is_running,
        {{ seconds_between('started_at', 'stopped_at') }} as seconds,
        duration_seconds
    from timed
    where started_at < stopped_at

)

select * from lasting
