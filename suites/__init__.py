"""The checks, by subject. Markers come from the plan: the rules a check decides say when it runs."""
