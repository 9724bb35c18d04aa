with

owned as (

    select * from {{ ref('fct_time_owned') }}

),

planned as (

    select * from {{ ref('fct_plan_event') }}

),

lanes as (

    select
        day,
        'actual' as lane,
        start_at,
        end_at,
        category,
        title,
        project_name as project,
        entry_id::text as source_id
    from owned

    union all

    select
        day,
        'plan' as lane,
        start_at,
        end_at,
        category,
        title,
        project_name as project,
        source_id
    from planned

)

select * from lanes
