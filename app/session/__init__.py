"""The session: the kernel process seen from the window, the link to it, and the trace that arrives."""
