"""What earlier runs said, kept in a database: for months, and by many machines where it is PostgreSQL."""
