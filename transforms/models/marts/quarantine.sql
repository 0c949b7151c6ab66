select batch_no, file, source, line, rule, column_name, expected, found, raw, remedy
from {{ source("raw", "quarantine") }}
