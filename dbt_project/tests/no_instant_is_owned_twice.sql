-- Owned stretches follow one another. A constraint would say the same and take longer than all the rest of the table.

with

owned as (

    select * from {{ ref('fct_time_owned') }}

),

in_sequence as (

    select
        day,
        start_at,
        end_at,
        lead(start_at) over (order by start_at, end_at) as next_start_at
    from owned

)

select * from in_sequence
where end_at > next_start_at
