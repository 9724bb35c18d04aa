-- Every day that has ended since the first entry is accounted for to its exact length, the first from that entry on.

with

affected as (

    select * from {{ ref('int_affected_days') }}

),

days as (

    select * from {{ ref('dim_day') }}

),

owned as (

    select * from {{ ref('fct_time_owned') }}

),

accounted as (

    select
        owned.day,
        sum(owned.seconds) as seconds
    from affected
    inner join owned on owned.day = affected.day
    group by owned.day

)

select
    days.day,
    days.day_seconds,
    accounted.seconds
from affected
inner join days on days.day = affected.day
left join accounted on accounted.day = days.day
where days.is_ended
    and extract(epoch from days.day_end - days.accounted_from) is distinct from accounted.seconds
