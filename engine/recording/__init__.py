"""Keeps what happens as columns of the trace: operations, passes, arrays, and where in the source they came from."""
