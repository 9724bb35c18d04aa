{% test is_key(model, columns) %}
{#- Finds rows of a model whose key is null, and keys that several rows share. -#}

with

keys as (

    select {{ columns | join(', ') }} from {{ model }}

)

select {{ columns | join(', ') }}, count(*) as rows_with_key
from keys
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns -%} or {{ column }} is null {% endfor %}

{% endtest %}
