"""What stands in the team's logs: records in whatever form, calls of a vendor among them, and people's data."""
