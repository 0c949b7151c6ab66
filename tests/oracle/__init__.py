"""A second route to every KPI: plain Python from METRICS.md over the demo generator's own truth."""
