"""Dashboards: one that golive writes, those that golive.yaml names, and what they watch."""
