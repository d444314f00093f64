"""What the two labs have in common: where the functions of their faults are found, and how a trial of one ends."""
