"""Convolutions, and folding of windows."""
