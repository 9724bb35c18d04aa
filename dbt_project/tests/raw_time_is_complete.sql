-- Cut at midnight and summed by category, entries are exactly as long as they were before.

with

entries as (

    select * from {{ ref('fct_time_entry') }}

),

figures as (

    select * from {{ ref('fct_category_day') }}

),

whole as (

    select
        category,
        sum(seconds) as seconds
    from entries
    group by category

),

cut as (

    select
        category,
        sum(raw_seconds) as seconds
    from figures
    where raw_seconds > 0
    group by category

)

select
    category,
    whole.seconds as seconds_of_entries,
    cut.seconds as seconds_by_day
from whole
full join cut using (category)
where whole.seconds is distinct from cut.seconds
