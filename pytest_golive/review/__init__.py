"""The weekly review: what the team's metrics or logs say about its traffic, and what to do next."""
