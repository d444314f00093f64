"""What people and machines read: views of plan, results and verdict; nothing is decided here."""
