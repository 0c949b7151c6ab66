select batch_no, batch_id, file, source, read, loaded, quarantined, known, last_at, loaded_at
from {{ source("raw", "batch") }}
