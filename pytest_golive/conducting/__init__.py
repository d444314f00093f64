"""What happens around single checks: side by side or alone, and what each of them says of itself."""
