"""Judgements: pure functions from what was seen of a client to what is wrong with it, or None."""
