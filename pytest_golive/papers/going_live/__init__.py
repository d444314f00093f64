"""What is written down around going live: requirements, endpoints, builds."""
