with

source as (

    select * from {{ source('lifetracer', 'touched') }}

),

named as (

    select
        id,
        what,
        key,
        was,
        was_days
    from source

)

select * from named
