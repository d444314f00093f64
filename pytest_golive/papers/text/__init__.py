"""How papers are read: files, passages, tables, records, moments, and words that stand for something yet to come."""
