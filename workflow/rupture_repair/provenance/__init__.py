"""What was run, on what, and how it compares with what was published."""
