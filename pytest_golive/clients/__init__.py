"""The client lab: drives the team's API client against a vendor that fails on purpose, and judges by the trace."""
