with

days as (

    select dim_day.*
    from {{ ref('dim_day') }} as dim_day
    inner join {{ ref('int_affected_days') }} as affected on affected.day = dim_day.day

),

-- Used twice, yet to be looked up by its index.
entries as not materialized (

    select * from {{ ref('fct_time_entry') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

categories_of_projects as (

    select * from {{ ref('dim_project_category') }}

),

-- A gap that belongs to the stretch before it can reach into the day from outside, and out of it.
around as (

    select
        days.day,
        days.day_start,
        days.day_end,
        entries.entry_id,
        entries.started_at,
        entries.stopped_at
    from days
    inner join entries
        on entries.during && tstzrange(
            days.day_start - make_interval(secs => {{ var('gap_seconds') }}),
            days.day_end + make_interval(secs => {{ var('gap_seconds') }})
        )

),

in_sequence as (

    select
        day,
        started_at,
        max(stopped_at) over (
            partition by day
            order by started_at, entry_id rows between unbounded preceding and 1 preceding
        ) as tracked_until
    from around

),

small_gaps as (

    select
        day,
        tracked_until as gap_start,
        started_at as gap_end
    from in_sequence
    where tracked_until < started_at
        and started_at - tracked_until <= make_interval(secs => {{ var('gap_seconds') }})

),

-- Of several entries that stop at a gap, the one that started last owned the moment before it.
last_before_gap as (

    select distinct on (small_gaps.day, small_gaps.gap_start)
        small_gaps.day,
        around.entry_id,
        small_gaps.gap_end
    from small_gaps
    inner join around on around.day = small_gaps.day and around.stopped_at = small_gaps.gap_start
    order by small_gaps.day, small_gaps.gap_start, around.started_at desc, around.entry_id desc

),

held as (

    select
        around.day,
        around.entry_id,
        around.started_at,
        greatest(around.started_at, around.day_start) as from_at,
        least(coalesce(last_before_gap.gap_end, around.stopped_at), around.day_end) as to_at
    from around
    left join last_before_gap
        on last_before_gap.day = around.day and last_before_gap.entry_id = around.entry_id

),

pieces as (

    select
        day,
        entry_id,
        started_at,
        tstzrange(from_at, to_at) as during
    from held
    where from_at < to_at

),

-- What others that started later take from a piece. Pairs are sought within one day, so the work grows with the days.
taken as (

    select
        piece.day,
        piece.entry_id,
        range_agg(later.during) as during
    from pieces as piece
    inner join pieces as later
        on later.day = piece.day
        and later.during && piece.during
        and (later.started_at, later.entry_id) > (piece.started_at, piece.entry_id)
    group by piece.day, piece.entry_id

),

owned as (

    select
        pieces.day,
        pieces.entry_id,
        unnest(tstzmultirange(pieces.during) - coalesce(taken.during, '{}'::tstzmultirange)) as during
    from pieces
    left join taken on taken.day = pieces.day and taken.entry_id = pieces.entry_id

),

tracked as (

    select
        day,
        range_agg(during) as during,
        max(upper(during)) as last_stop
    from pieces
    group by day

),

accountable as (

    select
        days.day,
        days.accounted_from as from_at,
        case when days.is_ended then days.day_end else tracked.last_stop end as to_at,
        coalesce(tracked.during, '{}'::tstzmultirange) as tracked
    from days
    left join tracked on tracked.day = days.day

),

untracked as (

    select
        day,
        null::bigint as entry_id,
        unnest(tstzmultirange(tstzrange(from_at, to_at)) - tracked) as during
    from accountable
    where from_at < to_at

),

stretches as (

    select * from owned
    union all
    select * from untracked

),

described as (

    select
        stretches.day,
        lower(stretches.during) as start_at,
        upper(stretches.during) as end_at,
        stretches.entry_id,
        case
            when stretches.entry_id is null then 'Untracked'
            else coalesce(categories_of_projects.category, 'Uncategorized')
        end as category,
        case
            when stretches.entry_id is null then 'Untracked'
            else coalesce(categories_of_projects.social, 'Uncategorized')
        end as social,
        entries.title,
        entries.started_at as began_at,
        entries.stopped_at as ended_at,
        projects.name as project_name,
        coalesce(projects.is_private, false) as is_private,
        {{ seconds_between('lower(stretches.during)', 'upper(stretches.during)') }} as seconds
    from stretches
    left join entries on entries.entry_id = stretches.entry_id
    left join projects on projects.project_id = entries.project_id
    left join categories_of_projects
        on categories_of_projects.project_id = entries.project_id
        and categories_of_projects.valid_from <= stretches.day
        and stretches.day < categories_of_projects.valid_until

)

select * from described
