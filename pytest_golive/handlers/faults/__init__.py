"""The faults of the catalogue that this version can provoke, one module per section."""
