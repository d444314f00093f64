"""A key that was replaced: what was written down of it, who still sends the old one, in which order it was done."""
