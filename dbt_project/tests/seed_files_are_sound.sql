-- What the user's own files must not say, one sentence per mistake.

with

categories as (

    select * from {{ ref('categories') }}

),

mappings as (

    select
        *,
        -- Colours are the same in capitals.
        case kind when 'project_color' then lower(key) else key end as thing,
        row_number() over () as number,
        {{ period_of_validity() }} as valid
    from {{ ref('category_mappings') }}

),

social_mappings as (

    select
        *,
        row_number() over () as number,
        {{ period_of_validity() }} as valid
    from {{ ref('social_mappings') }}

),

private as (

    select * from {{ ref('private') }}

),

plan_rules as (

    select
        *,
        row_number() over () as number,
        {{ period_of_validity() }} as valid
    from {{ ref('plan_rules') }}

),

targets as (

    select
        *,
        row_number() over () as number,
        {{ period_of_validity() }} as valid
    from {{ ref('targets') }}

)

select format('categories.csv: %s rows are for category %L', count(*), category) as mistake
from categories
group by category
having count(*) > 1 or category is null

union all

select format('categories.csv: color %L of %L is not written as #rrggbb', color, category) as mistake
from categories
where color !~ '^#[0-9a-fA-F]{6}$'

union all

select format('categories.csv: role %L of %L is not known; the only one is sleep', role, category) as mistake
from categories
where role <> 'sleep'

union all

select format('category_mappings.csv: two rows for %s %L are valid at once', former.kind, former.key) as mistake
from mappings as former
inner join mappings as latter
    on latter.number > former.number
    and latter.kind = former.kind
    and latter.thing = former.thing
    and latter.valid && former.valid

union all

select format('category_mappings.csv: %s %L has no usable kind, key, category or dates', kind, key) as mistake
from mappings
where coalesce(kind, '') not in ('project', 'project_color', 'client', 'event_color', 'calendar')
    or key is null
    or coalesce(category, 'Untracked') = 'Untracked'
    or isempty(valid)

union all

select format('social_mappings.csv: two rows for %L are valid at once', former.client) as mistake
from social_mappings as former
inner join social_mappings as latter
    on latter.number > former.number
    and latter.client = former.client
    and latter.valid && former.valid

union all

select format('social_mappings.csv: %L has no usable client, social or dates', client) as mistake
from social_mappings
where client is null
    or coalesce(social, 'Untracked') = 'Untracked'
    or isempty(valid)

union all

select format('private.csv: %s %L has no usable kind or key', kind, key) as mistake
from private
where coalesce(kind, '') not in ('project', 'client', 'calendar')
    or key is null

union all

select format('plan_rules.csv: two rules with position %s are valid at once', former.position) as mistake
from plan_rules as former
inner join plan_rules as latter
    on latter.number > former.number
    and latter.position = former.position
    and latter.valid && former.valid

union all

select format('plan_rules.csv: rule %s has no usable position, pattern, category or dates', position) as mistake
from plan_rules
where position is null
    or pattern is null
    or coalesce(category, 'Untracked') = 'Untracked'
    or isempty(valid)

union all

select format('targets.csv: the target of %L has no usable day_type, direction or target_seconds', category) as mistake
from targets
where category is null
    or coalesce(day_type, 'weekday') not in ('weekday', 'holiday')
    or coalesce(direction, '') not in ('more', 'less', 'neutral')
    or (direction <> 'neutral' and target_seconds is null)
    or target_seconds < 0
    or isempty(valid)

union all

select format('targets.csv: two targets of %L for the same kind of day are valid at once', former.category) as mistake
from targets as former
inner join targets as latter
    on latter.number > former.number
    and latter.category = former.category
    and latter.day_type is not distinct from former.day_type
    and latter.valid && former.valid
