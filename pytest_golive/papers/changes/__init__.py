"""The change log, the changes that git has beside it, and records of single changes with the states around them."""
