with

entries as (

    select * from {{ ref('stg_toggl__time_entries') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

toggl as (

    select * from {{ ref('stg_lifetracer__sources') }} where source = 'toggl'

),

timed as (

    select
        entries.entry_id,
        projects.name as project_name,
        coalesce(projects.category, 'Uncategorized') as category,
        entries.description as title,
        entries.started_at,
        case
            when entries.is_running then date_trunc('second', coalesce(toggl.as_of, entries.synced_at))
            else entries.stopped_at
        end as stopped_at,
        entries.is_running
    from entries
    left join projects on projects.project_id = entries.project_id
    left join toggl on true

),

lasting as (

    select * from timed where started_at < stopped_at

),

in_sequence as (

    select
        started_at,
        max(stopped_at) over (
            order by started_at, entry_id rows between unbounded preceding and 1 preceding
        ) as tracked_until
    from lasting

),

small_gaps as (

    select
        tracked_until as gap_start,
        started_at as gap_end
    from in_sequence
    where tracked_until < started_at
        and started_at - tracked_until <= make_interval(secs => {{ var('gap_seconds') }})

),

-- Of several entries that stop at a gap, the one that started last owned the moment before it.
last_before_gap as (

    select distinct on (small_gaps.gap_start)
        lasting.entry_id,
        small_gaps.gap_end
    from small_gaps
    inner join lasting on lasting.stopped_at = small_gaps.gap_start
    order by small_gaps.gap_start, lasting.started_at desc, lasting.entry_id desc

),

with_gaps as (

    select
        lasting.entry_id,
        lasting.project_name,
        lasting.category,
        lasting.title,
        lasting.started_at,
        lasting.stopped_at,
        coalesce(last_before_gap.gap_end, lasting.stopped_at) as held_until,
        lasting.is_running,
        {{ seconds_between('lasting.started_at', 'lasting.stopped_at') }} as seconds
    from lasting
    left join last_before_gap on last_before_gap.entry_id = lasting.entry_id

)

select * from with_gaps
