with

source as (

    select * from {{ source('lifetracer', 'coverage') }}

),

named as (

    select
        id as coverage_id,
        source,
        stream,
        during,
        known_at
    from source

)

select * from named
