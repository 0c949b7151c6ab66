-- No source that Flowmeter reads today carries shipments: an empty table of the right types, so that nothing switches
-- on its absence.
select
    null::varchar as shipment_id,
    null::varchar as order_id,
    null::varchar as carrier,
    null::timestamp as shipped_at,
    null::timestamp as estimated_delivery_at,
    null::timestamp as delivered_at
where false
