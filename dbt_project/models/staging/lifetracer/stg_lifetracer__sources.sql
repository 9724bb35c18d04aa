with

sync_state as (

    select * from {{ source('lifetracer', 'sync_state') }}

),

renamed as (

    select
        source,
        synced_at as as_of,
        configured as is_configured,
        error
    from sync_state
    where stream = 'all'

)

select * from renamed
