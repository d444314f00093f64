"""What the team has written down: runbooks, owners, escalation, the way back, what was synchronised."""
