with

entries as (

    select * from {{ ref('fct_time_entry') }}

),

days as (

    select * from {{ ref('dim_day') }}

),

pieces as (

    select
        days.day,
        entries.entry_id,
        entries.started_at,
        tstzrange(
            greatest(entries.started_at, days.day_start), least(entries.held_until, days.day_end)
        ) as during
    from entries
    cross join lateral {{ days_around('entries.started_at', 'entries.held_until') }} as around
    inner join days
        on days.day = around.day
        and entries.started_at < days.day_end
        and days.day_start < entries.held_until

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

first_entry as (

    select min(started_at) as started_at from entries

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
        greatest(days.day_start, first_entry.started_at) as from_at,
        case when days.is_ended then days.day_end else tracked.last_stop end as to_at,
        coalesce(tracked.during, '{}'::tstzmultirange) as tracked
    from days
    cross join first_entry
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
        coalesce(entries.category, 'Untracked') as category,
        entries.title,
        entries.project_name,
        {{ seconds_between('lower(stretches.during)', 'upper(stretches.during)') }} as seconds
    from stretches
    left join entries on entries.entry_id = stretches.entry_id

)

select * from described
