"""What batches of content did to ratings, confidence and calls."""
