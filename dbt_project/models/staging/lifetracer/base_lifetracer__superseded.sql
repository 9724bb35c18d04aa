with

source as (

    select * from {{ source('lifetracer', 'superseded') }}

),

named as (

    select
        id,
        table_name,
        source_id,
        data,
        deleted_at,
        seen_at,
        superseded_at
    from source

)

select * from named
