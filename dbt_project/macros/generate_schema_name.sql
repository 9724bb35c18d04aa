{#- A model lives in exactly the schema that its folder names: staging, core, marts or seeds. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
