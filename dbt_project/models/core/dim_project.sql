-- dbt holds a model back for a failed test only if the model has all of the test's parents. Everything stands on this one,
-- so with all four seeds above it nothing is built on files that are not sound.
-- depends_on: {{ ref('categories') }}, {{ ref('plan_rules') }}, {{ ref('targets') }}

with

projects as (

    select * from {{ ref('stg_toggl__projects') }}

),

clients as (

    select * from {{ ref('stg_toggl__clients') }}

),

mappings as (

    select * from {{ ref('category_mappings') }}

),

with_client as (

    select
        projects.*,
        clients.name as client_name
    from projects
    left join clients on clients.client_id = projects.client_id

),

categorized as (

    select
        with_client.project_id,
        with_client.name,
        with_client.color,
        with_client.client_name,
        with_client.is_active,
        with_client.is_deleted,
        coalesce(
            by_project_id.category,
            by_project_name.category,
            by_color.category,
            by_client_id.category,
            by_client_name.category,
            -- A project of this very name would pass for time that nobody tracked.
            nullif(nullif(with_client.name, 'Untracked'), ''),
            'Uncategorized'
        ) as category
    from with_client
    left join mappings as by_project_id
        on by_project_id.kind = 'project' and by_project_id.key = with_client.project_id::text
    left join mappings as by_project_name
        on by_project_name.kind = 'project' and by_project_name.key = with_client.name
    left join mappings as by_color
        on by_color.kind = 'project_color' and lower(by_color.key) = with_client.color
    left join mappings as by_client_id
        on by_client_id.kind = 'client' and by_client_id.key = with_client.client_id::text
    left join mappings as by_client_name
        on by_client_name.kind = 'client' and by_client_name.key = with_client.client_name

)

select * from categorized
