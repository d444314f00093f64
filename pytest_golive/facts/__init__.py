"""What everything above may write: outcomes, findings, exchanges and the ledger they go to."""
