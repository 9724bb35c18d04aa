-- depends_on: {{ ref('int_touched') }}

with

projects as (

    select * from {{ ref('stg_toggl__projects') }}

),

clients as (

    select * from {{ ref('stg_toggl__clients') }}

),

private as (

    select * from {{ ref('private') }}

),

with_client as (

    select
        projects.project_id,
        projects.name,
        projects.color,
        projects.client_id,
        clients.name as client_name,
        projects.is_active,
        projects.is_deleted
    from projects
    left join clients on clients.client_id = projects.client_id

),

with_privacy as (

    select
        *,
        exists(
            select from private
            where private.kind = 'project' and private.key in (with_client.project_id::text, with_client.name)
                or private.kind = 'client' and private.key in (with_client.client_id::text, with_client.client_name)
        ) as is_private
    from with_client

)

select * from with_privacy
