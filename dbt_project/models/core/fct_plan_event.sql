-- One plain query, unlike others: a view that begins with "with" cannot be looked up by what it is joined to.

select
    day,
    source_id,
    seen_at,
    start_at,
    end_at,
    began_at,
    ended_at,
    category,
    title,
    calendar,
    project_name,
    is_private,
    is_planned,
    is_current
from {{ ref('int_event_day') }}
where role = 'plan'
