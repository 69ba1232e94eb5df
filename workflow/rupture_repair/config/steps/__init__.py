"""What each step depends on: it is made anew when, and only when, one of these changes."""
