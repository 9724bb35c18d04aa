-- Cut at midnight and summed by day and category, entries are together exactly as long as they were before.

with

entries as (

    select * from {{ ref('fct_time_entry') }}

),

figures as (

    select * from {{ ref('fct_category_day') }}

),

whole as (

    select coalesce(sum(seconds), 0) as seconds from entries

),

cut as (

    select coalesce(sum(raw_seconds), 0) as seconds from figures

)

select
    whole.seconds as seconds_of_entries,
    cut.seconds as seconds_by_day
from whole
cross join cut
where whole.seconds <> cut.seconds
