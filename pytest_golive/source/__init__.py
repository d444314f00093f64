"""What the team's files say: keys that lie in them, and where configuration and calls are written down."""
