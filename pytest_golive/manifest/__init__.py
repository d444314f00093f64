"""golive.yaml: read, explained when wrong, and handed on as frozen values."""
