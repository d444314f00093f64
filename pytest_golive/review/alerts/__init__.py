"""Alerts: as the checklists want them, as the team has them, tried with made-up traffic, and whom they reach."""
