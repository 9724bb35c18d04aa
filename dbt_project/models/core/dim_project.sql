-- depends_on: {{ ref('int_touched') }}

with

projects as (

    select * from {{ ref('stg_toggl__projects') }}

),

clients as (

    select * from {{ ref('stg_toggl__clients') }}

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

)

select * from with_client
