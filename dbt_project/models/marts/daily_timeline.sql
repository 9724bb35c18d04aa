with

affected as (

    select * from {{ ref('int_affected_days') }}

),

owned as (

    select * from {{ ref('fct_time_owned') }}

),

planned as (

    select * from {{ ref('fct_plan_event') }} where is_planned

),

lanes as (

    select
        owned.day,
        'actual' as lane,
        owned.start_at,
        owned.end_at,
        owned.category,
        owned.title,
        owned.project_name as project,
        owned.entry_id::text as source_id,
        owned.social,
        owned.began_at,
        owned.ended_at,
        owned.is_private
    from affected
    inner join owned on owned.day = affected.day

    union all

    select
        planned.day,
        'plan' as lane,
        planned.start_at,
        planned.end_at,
        planned.category,
        planned.title,
        planned.project_name as project,
        planned.source_id,
        null as social,
        planned.began_at,
        planned.ended_at,
        planned.is_private
    from affected
    inner join planned on planned.day = affected.day

)

select * from lanes
