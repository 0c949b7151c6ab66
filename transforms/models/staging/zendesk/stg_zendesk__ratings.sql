with ratings as ({{ newest(source("raw", "zendesk_rating"), "rating_id", "updated_at") }})

select
    rating_id,
    ticket_id as ticket_key,
    score,
    case when score like 'good%' then true when score like 'bad%' then false end as is_satisfied,
    created_at as offered_at,
    case when score like 'good%' or score like 'bad%' then updated_at end as answered_at
from ratings
where score <> 'unoffered'
