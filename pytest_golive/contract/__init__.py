"""Does this answer fit its schema, and from one good payload: the incomplete, invalid and repeated ones."""
