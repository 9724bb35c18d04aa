with

categories as (

    select * from {{ ref('dim_category') }}

)

select * from categories
