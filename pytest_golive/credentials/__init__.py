"""Secrets that never print, where they come from, and the masking of every text that could hold one."""
