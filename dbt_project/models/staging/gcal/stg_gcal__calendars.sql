with

source as (

    select * from {{ source('gcal', 'google_calendar__calendar_list') }}

),

typed as (

    select
        source_id as calendar_id,
        coalesce(data ->> 'summaryOverride', data ->> 'summary') as name,
        deleted_at is not null or coalesce((data ->> 'deleted')::boolean, false) as is_deleted,
        coalesce(seen_at, synced_at) as seen_at
    from source

)

select * from typed
