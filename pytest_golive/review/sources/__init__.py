"""Who keeps traffic: Prometheus, logs, the vendors themselves, and the example."""
