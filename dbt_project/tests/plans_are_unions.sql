-- What is planned for a category on a day is no longer than its events together, and no shorter than the longest of them.
-- Together, the events' pieces are as long as the events.

with

events as (

    select * from {{ ref('fct_calendar_event') }} where role = 'plan'

),

pieces as (

    select * from {{ ref('fct_plan_event') }}

),

stretches as (

    select * from {{ ref('fct_plan_stretch') }}

),

planned as (

    select
        day,
        category,
        sum(seconds) as seconds
    from stretches
    group by day, category

),

of_events as (

    select
        day,
        category,
        sum({{ seconds_between('start_at', 'end_at') }}) as together,
        max({{ seconds_between('start_at', 'end_at') }}) as longest
    from pieces
    group by day, category

),

lengths as (

    select
        (select sum({{ seconds_between('start_at', 'end_at') }}) from events) as whole,
        (select sum({{ seconds_between('start_at', 'end_at') }}) from pieces) as cut

)

select
    day::text || ' ' || category as what,
    planned.seconds as found,
    of_events.together as expected
from planned
full join of_events using (day, category)
where planned.seconds between of_events.longest and of_events.together is distinct from true

union all

select
    'all events' as what,
    cut as found,
    whole as expected
from lengths
where cut is distinct from whole
