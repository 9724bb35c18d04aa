with

national_holidays as (

    select * from {{ source('lifetracer', 'national_holidays') }}

),

of_the_country as (

    select
        day,
        name_en,
        name_ja
    from national_holidays
    where country = {{ country() }}

)

select * from of_the_country
