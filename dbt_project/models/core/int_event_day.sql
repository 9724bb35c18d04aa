with

days as (

    select
        dim_day.*,
        plan_days.plan_basis
    from {{ ref('dim_day') }} as dim_day
    inner join {{ ref('int_affected_days') }} as affected on affected.day = dim_day.day
    inner join {{ ref('fct_plan_day') }} as plan_days on plan_days.day = dim_day.day

),

-- Used twice, yet to be looked up by its indexes.
versions as not materialized (

    select * from {{ ref('fct_event_version') }}

),

calendars as (

    select * from {{ ref('dim_calendar') }}

),

projects as (

    select * from {{ ref('dim_project') }}

),

categories_of_projects as (

    select * from {{ ref('dim_project_category') }}

),

rules as (

    select
        position,
        pattern,
        category,
        coalesce(valid_from, '-infinity') as valid_from,
        coalesce(valid_until, 'infinity') as valid_until
    from {{ ref('plan_rules') }}

),

mappings as (

    select
        kind,
        key,
        category,
        coalesce(valid_from, '-infinity') as valid_from,
        coalesce(valid_until, 'infinity') as valid_until
    from {{ ref('category_mappings') }}

),

private as (

    select * from {{ ref('private') }}

),

-- Of several projects of one name it is enough that one is private.
private_titles as (

    select name as title from projects
    where is_private
    union
    select key as title from private
    where kind = 'project'

),

on_day as (

    select
        days.day,
        days.day_start,
        days.day_end,
        days.plan_basis,
        days.plan_cutoff_at,
        versions.*
    from days
    inner join versions on versions.during && days.during

    union all

    select
        days.day,
        days.day_start,
        days.day_end,
        days.plan_basis,
        days.plan_cutoff_at,
        versions.*
    from days
    inner join versions on days.day <@ versions.days

),

-- A calendar can be read without being in the list; one that is taken off the list no longer counts.
in_time as (

    select
        on_day.*,
        coalesce(calendars.name, on_day.calendar_id) as calendar,
        on_day.is_present and not coalesce(calendars.is_deleted, false) as is_current,
        on_day.known @> on_day.plan_cutoff_at
        and coalesce(calendars.listed @> on_day.plan_cutoff_at, true) as is_of_cutoff
    from on_day
    left join calendars on calendars.calendar_id = on_day.calendar_id

),

counting as (

    select
        *,
        case plan_basis when 'frozen' then is_of_cutoff else is_current end as is_planned
    from in_time
    where is_current or (plan_basis = 'frozen' and is_of_cutoff and role = 'plan')

),

titles as (

    select distinct coalesce(title, '') as title from counting

),

rules_of_title as (

    select
        titles.title,
        rules.*
    from titles
    inner join rules on titles.title ~* rules.pattern

),

first_rule as (

    select distinct on (counting.day, rules_of_title.title)
        counting.day,
        rules_of_title.title,
        rules_of_title.category
    from counting
    inner join rules_of_title
        on rules_of_title.title = coalesce(counting.title, '')
        and rules_of_title.valid_from <= counting.day
        and counting.day < rules_of_title.valid_until
    order by counting.day, rules_of_title.title, rules_of_title.position

),

project_of_name as (

    select distinct on (name)
        name,
        project_id
    from projects
    where not is_deleted
    order by name, is_active desc, project_id

),

categorized as (

    select
        counting.day,
        counting.source_id,
        counting.seen_at,
        counting.role,
        greatest(lower(counting.during), counting.day_start) as start_at,
        least(upper(counting.during), counting.day_end) as end_at,
        lower(counting.during) as began_at,
        upper(counting.during) as ended_at,
        coalesce(
            first_rule.category,
            categories_of_projects.category,
            by_color.category,
            by_calendar_id.category,
            by_calendar_name.category,
            'Uncategorized'
        ) as category,
        counting.title,
        counting.calendar,
        project_of_name.name as project_name,
        counting.is_private
        or exists (select from private_titles where private_titles.title = counting.title)
        or exists (
            select from private
            where private.kind = 'calendar' and private.key in (counting.calendar_id, counting.calendar)
        ) as is_private,
        counting.is_planned,
        counting.is_current
    from counting
    left join first_rule
        on first_rule.day = counting.day and first_rule.title = coalesce(counting.title, '')
    left join project_of_name on project_of_name.name = counting.title
    left join categories_of_projects
        on categories_of_projects.project_id = project_of_name.project_id
        and categories_of_projects.valid_from <= counting.day
        and counting.day < categories_of_projects.valid_until
    {%- for name, kind, key in [
        ("by_color", "event_color", "counting.color_id"),
        ("by_calendar_id", "calendar", "counting.calendar_id"),
        ("by_calendar_name", "calendar", "counting.calendar"),
    ] %}
    left join mappings as {{ name }}
        on {{ name }}.kind = '{{ kind }}'
        and {{ name }}.key = {{ key }}
        and {{ name }}.valid_from <= counting.day
        and counting.day < {{ name }}.valid_until
    {%- endfor %}

)

select
    day,
    source_id,
    seen_at,
    role,
    case role when 'plan' then start_at end as start_at,
    case role when 'plan' then end_at end as end_at,
    began_at,
    ended_at,
    category,
    title,
    calendar,
    project_name,
    is_private,
    is_planned,
    is_current
from categorized
