"""What the sandbox's courier is made of: clocks, endpoints, events, one attempt, the log, and the desk."""
