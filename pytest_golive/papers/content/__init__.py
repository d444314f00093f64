"""The log of published content: its rows, its batches, and what the vendor lists beside it."""
