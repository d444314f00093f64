"""What every program of the team that golive starts has in common: it ends with golive."""
