with

days as (

    select * from {{ ref('dim_day') }}

)

select day from days
