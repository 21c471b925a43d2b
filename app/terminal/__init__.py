"""Everything that works without a window: the command line, documents run headless, what they print."""
