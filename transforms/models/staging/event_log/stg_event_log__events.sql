-- A row that a later export repeats is not loaded again, so the loads together are the log.
select
    log,
    case_id,
    -- Negative, so that it never meets a helpdesk's own number.
    - (hash(log || '/' || case_id) >> 1)::bigint as ticket_key,
    - (hash(log, case_id, activity, "at", batch_no, line) >> 1)::bigint as event_id,
    -- The order of the file, for what happens in one instant.
    batch_no * 10000000000 + line as row_no,
    activity,
    meaning,
    started_at,
    "at" as happened_at,
    resource,
    group_name,
    attributes
from {{ source("raw", "event_log_event") }}
