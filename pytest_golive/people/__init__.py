"""What people vouch for, accept and declare: read, judged, and never taken for what a program has seen."""
