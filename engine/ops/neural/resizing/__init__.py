"""Interpolation and sampling on grids."""
