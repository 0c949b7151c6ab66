-- Days on which opening + created + reopened - resolved is not closing, or the ages do not add up to it, or the next
-- day opens elsewhere.
with
    days as (
        select *, lag(closing) over (partition by workflow order by day) as closed_before from {{ ref("backlog_day") }}
    )

select *
from days
where
    opening + created + reopened - resolved <> closing
    or coalesce(closed_before, 0) <> opening
    or closing < 0
    or open_0_1d + open_1_3d + open_3_7d + open_over_7d <> closing
