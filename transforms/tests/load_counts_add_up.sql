-- Files of which a row was lost or invented.
select * from {{ ref("load_batch") }} where read <> loaded + quarantined + known
