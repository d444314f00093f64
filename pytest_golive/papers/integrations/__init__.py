"""Pages about single integrations: runbooks, limits, drills, counts of events."""
