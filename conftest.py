"""For golive's own tests only; nothing a user needs."""

pytest_plugins = ["pytester"]
