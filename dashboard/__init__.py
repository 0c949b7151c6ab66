"""The pages that a shop reads: a router, one small file per page, components, and one read-only data module."""
