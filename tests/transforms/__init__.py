"""Numbers computed by hand, against what the whole path makes of vendor-shaped files."""
