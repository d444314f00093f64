"""The vendors' contracts as data: one folder per vendor, and the model that reads it."""
