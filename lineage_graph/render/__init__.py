"""A result as text: pure."""
