"""The pages that a shop reads: a router, one small file per page, components, and one read-only data module."""

from importlib import import_module

# Streamlit imports pandas for the first table that it shows, and somebody's click would wait a third of a second for
# it. It is loaded before any page runs, and not beside one, since Streamlit looks at it even when half imported.
import_module("pandas")
