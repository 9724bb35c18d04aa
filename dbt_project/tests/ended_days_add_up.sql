-- Every day that has ended since the first entry is accounted for to its exact length, the first one from that entry on.

with

days as (

    select * from {{ ref('dim_day') }}

),

entries as (

    select * from {{ ref('fct_time_entry') }}

),

owned as (

    select * from {{ ref('fct_time_owned') }}

),

first_entry as (

    select min(started_at) as started_at from entries

),

accounted as (

    select
        day,
        sum(seconds) as seconds
    from owned
    group by day

)

select
    days.day,
    days.day_seconds,
    accounted.seconds
from days
cross join first_entry
left join accounted on accounted.day = days.day
where days.is_ended
    and days.day_end > first_entry.started_at
    and extract(epoch from days.day_end - greatest(days.day_start, first_entry.started_at))
    is distinct from accounted.seconds
