-- dbt holds a model back for a failed test only if the model has all of the test's parents. Everything stands on this
-- one, so with all the seeds above it nothing is built on files that are not sound.
-- depends_on: {{ ref('categories') }}, {{ ref('category_mappings') }}, {{ ref('social_mappings') }}
-- depends_on: {{ ref('plan_rules') }}, {{ ref('private') }}, {{ ref('targets') }}

with

touched as (

    select * from {{ ref('stg_lifetracer__touched') }}

)

select
    id,
    what,
    key,
    was,
    was_days
from touched
