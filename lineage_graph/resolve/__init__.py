"""Links that need the claims of several records."""
