-- Owned stretches follow one another within their day. A constraint would say the same and take longer than the rest.

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

in_sequence as (

    select
        owned.day,
        owned.start_at,
        owned.end_at,
        days.during,
        lead(owned.start_at) over (partition by owned.day order by owned.start_at, owned.end_at) as next_start_at
    from affected
    inner join days on days.day = affected.day
    inner join owned on owned.day = affected.day

)

select * from in_sequence
where end_at > next_start_at
    or not during @> tstzrange(start_at, end_at)
