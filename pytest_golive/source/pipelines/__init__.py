"""Where pipelines and deployments take the keys of each stage from: one module per kind of file."""
