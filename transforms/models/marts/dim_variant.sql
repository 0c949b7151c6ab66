select workflow, variant, name, position from {{ source("config", "variant") }}
