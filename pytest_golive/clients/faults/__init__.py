"""What provokes each fault of clients, one module per section of the catalogue."""
