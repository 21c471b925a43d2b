"""Look-ups of rows."""
