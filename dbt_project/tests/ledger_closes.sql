-- The pieces of every planned event of an affected day cover it, and only it, and no instant of it twice.

with

affected as (

    select * from {{ ref('int_affected_days') }}

),

events as (

    select events.*
    from affected
    inner join {{ ref('fct_plan_event') }} as events on events.day = affected.day
    where events.is_planned

),

ledger as (

    select ledger.*
    from affected
    inner join {{ ref('plan_ledger') }} as ledger on ledger.day = affected.day

),

pieces as (

    select
        day,
        source_id,
        range_agg(tstzrange(start_at, end_at)) as during,
        sum(seconds) as seconds
    from ledger
    group by day, source_id

)

select
    coalesce(events.day, pieces.day) as day,
    coalesce(events.source_id, pieces.source_id) as source_id,
    {{ seconds_between('events.start_at', 'events.end_at') }} as planned_seconds,
    pieces.seconds
from events
full join pieces on pieces.day = events.day and pieces.source_id = events.source_id
where tstzmultirange(tstzrange(events.start_at, events.end_at)) is distinct from pieces.during
    or {{ seconds_between('events.start_at', 'events.end_at') }} is distinct from pieces.seconds
