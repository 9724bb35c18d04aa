-- What is planned for a category on a day is no longer than its events together, and no shorter than the longest one.

with

affected as (

    select * from {{ ref('int_affected_days') }}

),

plan_days as (

    select * from {{ ref('fct_plan_day') }}

),

pieces as (

    select * from {{ ref('fct_plan_event') }} where is_planned

),

stretches as (

    select * from {{ ref('fct_plan_stretch') }}

),

planned as (

    select
        stretches.day,
        stretches.category,
        sum(stretches.seconds) as seconds
    from affected
    inner join plan_days on plan_days.day = affected.day
    inner join stretches on stretches.day = affected.day and stretches.basis = plan_days.plan_basis
    group by stretches.day, stretches.category

),

of_events as (

    select
        pieces.day,
        pieces.category,
        sum({{ seconds_between('pieces.start_at', 'pieces.end_at') }}) as together,
        max({{ seconds_between('pieces.start_at', 'pieces.end_at') }}) as longest
    from affected
    inner join pieces on pieces.day = affected.day
    group by pieces.day, pieces.category

)

select
    day,
    category,
    planned.seconds,
    of_events.longest,
    of_events.together
from planned
full join of_events using (day, category)
where planned.seconds between of_events.longest and of_events.together is distinct from true
