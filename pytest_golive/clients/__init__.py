"""The client lab: drives the team's API client against a vendor that misbehaves on purpose; judges from the trace."""
