"""The commands of `golive`, one module each: `declare` names its options, `run` does it and returns the exit code."""
