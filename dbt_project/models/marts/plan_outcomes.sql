with

ledger as (

    select * from {{ ref('plan_ledger') }}

),

by_owner as (

    select
        day,
        source_id,
        title,
        category,
        is_private,
        actual_category,
        min(start_at) as start_at,
        max(end_at) as end_at,
        sum(seconds) as seconds,
        coalesce(sum(seconds) filter (where outcome = 'kept'), 0) as kept_seconds,
        coalesce(sum(seconds) filter (where outcome = 'late'), 0) as late_seconds,
        coalesce(sum(seconds) filter (where outcome = 'early'), 0) as early_seconds,
        coalesce(sum(seconds) filter (where outcome = 'interrupted'), 0) as interrupted_seconds,
        coalesce(sum(seconds) filter (where outcome = 'not_done'), 0) as not_done_seconds,
        coalesce(sum(seconds) filter (where outcome = 'pending'), 0) as pending_seconds,
        coalesce(sum(seconds) filter (where actual_category <> category), 0) as displaced_seconds
    from ledger
    group by day, source_id, title, category, is_private, actual_category

),

by_event as (

    select
        day,
        source_id,
        title,
        category,
        min(start_at) as start_at,
        max(end_at) as end_at,
        sum(seconds)::integer as planned_seconds,
        sum(kept_seconds)::integer as kept_seconds,
        sum(late_seconds)::integer as late_seconds,
        sum(early_seconds)::integer as early_seconds,
        sum(interrupted_seconds)::integer as interrupted_seconds,
        sum(not_done_seconds)::integer as not_done_seconds,
        sum(pending_seconds)::integer as pending_seconds,
        (
            array_agg(actual_category order by displaced_seconds desc, actual_category)
            filter (where displaced_seconds > 0)
        )[1] as displaced_by,
        max(displaced_seconds)::integer as displaced_seconds,
        is_private
    from by_owner
    group by day, source_id, title, category, is_private

)

select * from by_event
