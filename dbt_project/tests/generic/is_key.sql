{% test is_key(model, columns, among=none) %}
{#- Finds rows of a model whose key is null, and keys that several rows share. With `among` only rows are looked at that
    have been touched as such, which the others have not been since they were. -#}

with

keys as (

    select {{ columns | join(', ') }} from {{ model }}
    {%- if among %}
    where source_id in (select key from {{ ref('int_touched') }} where what = '{{ among }}')
    {%- endif %}

)

select {{ columns | join(', ') }}, count(*) as rows_with_key
from keys
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns -%} or {{ column }} is null {% endfor %}

{% endtest %}
