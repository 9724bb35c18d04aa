with

sources as (

    select * from {{ ref('stg_lifetracer__sources') }}

),

configured as (

    select
        source,
        as_of,
        error
    from sources
    where is_configured

)

select * from configured
