"""Paint code, for the screen and for files: from far, from the middle distance, from near."""
