with

affected as (

    select * from {{ ref('int_affected_days') }}

),

events as (

    select * from {{ ref('fct_plan_event') }} where is_planned

),

owned as (

    select owned.*
    from affected
    inner join {{ ref('fct_time_owned') }} as owned on owned.day = affected.day

),

planned as (

    select
        events.day,
        events.source_id,
        events.category,
        events.title,
        events.is_private,
        tstzrange(events.start_at, events.end_at) as during
    from events
    inner join affected on affected.day = events.day

),

accounted as (

    select
        planned.day,
        planned.source_id,
        owned.category as actual_category,
        tstzrange(owned.start_at, owned.end_at) * planned.during as during
    from planned
    inner join owned
        on owned.day = planned.day
        and owned.start_at < upper(planned.during)
        and lower(planned.during) < owned.end_at

),

accounted_time as (

    select
        day,
        range_agg(tstzrange(start_at, end_at)) as during
    from owned
    group by day

),

-- What neither an entry nor Untracked covers: later than all that is known, or before the first entry ever.
unaccounted as (

    select
        planned.day,
        planned.source_id,
        null::text as actual_category,
        unnest(
            tstzmultirange(planned.during) - coalesce(accounted_time.during, '{}'::tstzmultirange)
        ) as during
    from planned
    left join accounted_time on accounted_time.day = planned.day

),

pieces as (

    select * from accounted
    union all
    select * from unaccounted

),

with_what_was_kept as (

    select
        planned.day,
        planned.source_id,
        planned.category,
        planned.title,
        planned.is_private,
        pieces.actual_category,
        pieces.during,
        min(lower(pieces.during)) filter (where pieces.actual_category = planned.category) over event as kept_from,
        max(upper(pieces.during)) filter (where pieces.actual_category = planned.category) over event as kept_until
    from planned
    inner join pieces on pieces.day = planned.day and pieces.source_id = planned.source_id
    window event as (partition by planned.day, planned.source_id)

),

judged as (

    select
        day,
        source_id,
        category,
        title,
        is_private,
        actual_category,
        during,
        case
            when actual_category is null then 'pending'
            when actual_category = category then 'kept'
            when kept_from is null then 'not_done'
            when upper(during) <= kept_from then 'late'
            when kept_until <= lower(during) then 'early'
            else 'interrupted'
        end as outcome
    from with_what_was_kept

),

-- Entries of one category that follow one another are one piece.
merged as (

    select
        day,
        source_id,
        category,
        title,
        is_private,
        actual_category,
        outcome,
        unnest(range_agg(during)) as during
    from judged
    group by day, source_id, category, title, is_private, actual_category, outcome

),

ledger as (

    select
        day,
        source_id,
        lower(during) as start_at,
        upper(during) as end_at,
        {{ seconds_between('lower(during)', 'upper(during)') }} as seconds,
        outcome,
        category,
        title,
        actual_category,
        is_private
    from merged

)

select * from ledger
