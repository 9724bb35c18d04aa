{#- The days from `valid_from` up to, not including, `valid_until`; none where they are the wrong way round. -#}
{% macro period_of_validity() -%}
    case
        when valid_until <= valid_from then 'empty'
        else daterange(valid_from, valid_until)
    end
{%- endmacro %}
