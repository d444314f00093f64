"""Records of incidents, and what was done about each."""
