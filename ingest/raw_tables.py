"""The raw tables: what ingest writes and the transforms read. All timestamps are UTC.

Every data table begins with the batch (the file) and the line, which is the record's number in the file.
Tables only grow: a later export adds versions, and the transforms take the newest.
"""

import duckdb

CONTROL = {
    "batch": """
        batch_no INTEGER, batch_id VARCHAR, file VARCHAR, source VARCHAR, read BIGINT, loaded BIGINT,
        quarantined BIGINT, known BIGINT, last_at TIMESTAMP, loaded_at TIMESTAMP""",
    "quarantine": """
        batch_no INTEGER, file VARCHAR, source VARCHAR, line BIGINT, rule VARCHAR, column_name VARCHAR,
        expected VARCHAR, found VARCHAR, raw VARCHAR, remedy VARCHAR""",
}

DATA = {
    "zendesk_ticket": """
        ticket_id BIGINT, created_at TIMESTAMP, updated_at TIMESTAMP, generated_at TIMESTAMP, status VARCHAR,
        priority VARCHAR, ticket_type VARCHAR, subject VARCHAR, channel VARCHAR, via_rel VARCHAR, requester_id BIGINT,
        submitter_id BIGINT, assignee_id BIGINT, group_id BIGINT, form_id BIGINT, brand_id BIGINT, tags VARCHAR[],
        custom_fields STRUCT(id BIGINT, "value" VARCHAR)[], satisfaction_score VARCHAR, body_hits VARCHAR[]""",
    "zendesk_comment": """
        ticket_id BIGINT, comment_id BIGINT, audit_id BIGINT, created_at TIMESTAMP, author_id BIGINT,
        is_public BOOLEAN, channel VARCHAR, via_rel VARCHAR""",
    "zendesk_audit_event": """
        ticket_id BIGINT, audit_id BIGINT, event_id BIGINT, created_at TIMESTAMP, author_id BIGINT,
        event_type VARCHAR, field_name VARCHAR, "value" VARCHAR, previous_value VARCHAR, is_public BOOLEAN,
        macro_id BIGINT, macro_title VARCHAR, channel VARCHAR, via_rel VARCHAR, rule_id VARCHAR, rule_title VARCHAR""",
    "zendesk_user": """
        user_id BIGINT, role VARCHAR, name_hash VARCHAR, email_hash VARCHAR, phone_hash VARCHAR,
        display_name VARCHAR, is_active BOOLEAN, default_group_id BIGINT, created_at TIMESTAMP, updated_at TIMESTAMP,
        locale VARCHAR""",
    "zendesk_group": """
        group_id BIGINT, name VARCHAR, is_deleted BOOLEAN, created_at TIMESTAMP, updated_at TIMESTAMP""",
    "zendesk_macro": """
        macro_id BIGINT, title VARCHAR, is_active BOOLEAN, created_at TIMESTAMP, updated_at TIMESTAMP""",
    "zendesk_rating": """
        rating_id BIGINT, ticket_id BIGINT, score VARCHAR, reason VARCHAR, created_at TIMESTAMP,
        updated_at TIMESTAMP""",
    "zendesk_account_csv": """
        ticket_id BIGINT, requester_id BIGINT, email_hash VARCHAR, assignee_hash VARCHAR, group_name VARCHAR,
        subject VARCHAR, tags VARCHAR[], status VARCHAR, priority VARCHAR, channel VARCHAR, ticket_type VARCHAR,
        created_at TIMESTAMP, updated_at TIMESTAMP, assigned_at TIMESTAMP, initially_assigned_at TIMESTAMP,
        solved_at TIMESTAMP, satisfaction_score VARCHAR, group_stations INTEGER, assignee_stations INTEGER,
        reopens INTEGER, replies INTEGER,
        first_reply_calendar_minutes DOUBLE, first_reply_business_minutes DOUBLE,
        first_resolution_calendar_minutes DOUBLE, first_resolution_business_minutes DOUBLE,
        full_resolution_calendar_minutes DOUBLE, full_resolution_business_minutes DOUBLE,
        agent_wait_calendar_minutes DOUBLE, agent_wait_business_minutes DOUBLE,
        requester_wait_calendar_minutes DOUBLE, requester_wait_business_minutes DOUBLE,
        on_hold_calendar_minutes DOUBLE, on_hold_business_minutes DOUBLE,
        custom_fields STRUCT(id VARCHAR, "value" VARCHAR)[]""",
    "shopify_order_line": """
        order_name VARCHAR, order_id VARCHAR, email_hash VARCHAR, phone_hash VARCHAR, created_at TIMESTAMP,
        paid_at TIMESTAMP, fulfilled_at TIMESTAMP, cancelled_at TIMESTAMP, financial_status VARCHAR,
        fulfillment_status VARCHAR, currency VARCHAR, subtotal DECIMAL(18,2), shipping DECIMAL(18,2),
        taxes DECIMAL(18,2), total DECIMAL(18,2), discount_amount DECIMAL(18,2), refunded_amount DECIMAL(18,2),
        discount_code VARCHAR, source_name VARCHAR, tags VARCHAR, country VARCHAR, item_quantity INTEGER,
        item_name VARCHAR, item_sku VARCHAR, item_price DECIMAL(18,2), item_fulfillment_status VARCHAR""",
    "shopify_checkout": """
        checkout_id VARCHAR, checkout_name VARCHAR, customer_id VARCHAR, email_hash VARCHAR, created_at TIMESTAMP,
        updated_at TIMESTAMP, completed_at TIMESTAMP, currency VARCHAR, total DECIMAL(18,2), item_count INTEGER""",
    "survey_answer": """
        survey VARCHAR, answer_id VARCHAR, ticket_ref VARCHAR, email_hash VARCHAR, answered_at TIMESTAMP,
        score DOUBLE, raw_score VARCHAR, question VARCHAR""",
    "event_log_event": """
        log VARCHAR, case_id VARCHAR, activity VARCHAR, meaning VARCHAR, started_at TIMESTAMP, "at" TIMESTAMP,
        resource VARCHAR, group_name VARCHAR, attributes MAP(VARCHAR, VARCHAR)""",
}


def ensure_raw(con: duckdb.DuckDBPyConnection) -> None:
    """Creates every raw table that is not there yet, empty and typed, so that the build always finds them all."""
    for table, columns in CONTROL.items():
        con.execute(f"create table if not exists {table} ({columns})").fetchall()
    for table, columns in DATA.items():
        con.execute(f"create table if not exists {table} (batch_no INTEGER, line BIGINT, {columns})").fetchall()
    # A shop that was loaded before users had a language keeps its rows.
    con.execute("alter table zendesk_user add column if not exists locale VARCHAR").fetchall()
