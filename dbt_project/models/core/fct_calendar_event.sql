with

events as (

    select * from {{ ref('stg_gcal__events') }}

),

calendars as (

    select * from {{ ref('stg_gcal__calendars') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

plan_rules as (

    select * from {{ ref('plan_rules') }}

),

mappings as (

    select * from {{ ref('category_mappings') }}

),

with_role as (

    select
        events.*,
        coalesce(calendars.name, events.calendar_id) as calendar,
        case
            when events.is_declined or events.event_type = 'workingLocation' then null
            when events.is_all_day and events.first_day < coalesce(events.day_after, events.first_day + 1) then 'note'
            when events.start_at < events.end_at
                and not events.is_transparent
                and events.event_type <> 'birthday' then 'plan'
        end as role
    from events
    left join calendars on calendars.calendar_id = events.calendar_id
    -- A calendar can be read without being in the list; one that was taken off the list no longer counts.
    where calendars.is_deleted is distinct from true

),

counting as (

    select * from with_role where role is not null

),

titles as (

    select distinct coalesce(title, '') as title from counting

),

first_rule_of_title as (

    select distinct on (titles.title)
        titles.title,
        plan_rules.category
    from titles
    inner join plan_rules on titles.title ~* plan_rules.pattern
    order by titles.title, plan_rules.position

),

project_of_name as (

    select distinct on (name)
        name,
        category
    from projects
    where not is_deleted
    order by name, is_active desc, project_id

),

categorized as (

    select
        counting.source_id,
        counting.role,
        counting.title,
        counting.calendar,
        coalesce(
            first_rule_of_title.category,
            project_of_name.category,
            by_color.category,
            by_calendar_id.category,
            by_calendar_name.category,
            'Uncategorized'
        ) as category,
        project_of_name.name as project_name,
        counting.start_at,
        counting.end_at,
        counting.first_day,
        coalesce(counting.day_after, counting.first_day + 1) as day_after
    from counting
    left join first_rule_of_title on first_rule_of_title.title = coalesce(counting.title, '')
    left join project_of_name on project_of_name.name = counting.title
    left join mappings as by_color
        on by_color.kind = 'event_color' and by_color.key = counting.color_id
    left join mappings as by_calendar_id
        on by_calendar_id.kind = 'calendar' and by_calendar_id.key = counting.calendar_id
    left join mappings as by_calendar_name
        on by_calendar_name.kind = 'calendar' and by_calendar_name.key = counting.calendar

)

select * from categorized
