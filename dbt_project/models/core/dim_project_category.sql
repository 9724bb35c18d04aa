with

projects as (

    select * from {{ ref('dim_project') }}

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

social_mappings as (

    select
        client,
        social,
        coalesce(valid_from, '-infinity') as valid_from,
        coalesce(valid_until, 'infinity') as valid_until
    from {{ ref('social_mappings') }}

),

changes as (

    select '-infinity'::date as day
    union
    select valid_from as day from mappings
    union
    select valid_until as day from mappings
    union
    select valid_from as day from social_mappings
    union
    select valid_until as day from social_mappings

),

periods as (

    select
        day as valid_from,
        coalesce(lead(day) over (order by day), 'infinity') as valid_until
    from changes
    where day < 'infinity'

),

categorized as (

    select
        projects.project_id,
        periods.valid_from,
        periods.valid_until,
        coalesce(
            by_project_id.category,
            by_project_name.category,
            by_color.category,
            by_client_id.category,
            by_client_name.category,
            -- A project of this very name would pass for time that nobody tracked.
            nullif(nullif(projects.name, 'Untracked'), ''),
            'Uncategorized'
        ) as category,
        coalesce(
            social_by_id.social,
            social_by_name.social,
            nullif(nullif(projects.client_name, 'Untracked'), ''),
            'Uncategorized'
        ) as social
    from projects
    cross join periods
    {%- for name, kind, key in [
        ("by_project_id", "project", "projects.project_id::text"),
        ("by_project_name", "project", "projects.name"),
        ("by_color", "project_color", "projects.color"),
        ("by_client_id", "client", "projects.client_id::text"),
        ("by_client_name", "client", "projects.client_name"),
    ] %}
    left join mappings as {{ name }}
        on {{ name }}.kind = '{{ kind }}'
        and {{ "lower(by_color.key)" if kind == "project_color" else name ~ ".key" }} = {{ key }}
        and {{ name }}.valid_from <= periods.valid_from
        and periods.valid_from < {{ name }}.valid_until
    {%- endfor %}
    {%- for name, key in [("social_by_id", "projects.client_id::text"), ("social_by_name", "projects.client_name")] %}
    left join social_mappings as {{ name }}
        on {{ name }}.client = {{ key }}
        and {{ name }}.valid_from <= periods.valid_from
        and periods.valid_from < {{ name }}.valid_until
    {%- endfor %}

)

select * from categorized
