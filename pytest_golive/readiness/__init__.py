"""What has to be decided, what was decided, and the word that follows from it."""
