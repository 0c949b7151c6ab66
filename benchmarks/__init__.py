"""What Flowmeter costs in seconds and memory, measured against plain DuckDB on the same files."""
