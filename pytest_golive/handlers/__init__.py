"""The handler lab: a team's webhook handler, driven from outside over real sockets and judged by what it did."""
