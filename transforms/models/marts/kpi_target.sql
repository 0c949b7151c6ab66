select metric, workflow, priority, value from {{ source("config", "target") }}
