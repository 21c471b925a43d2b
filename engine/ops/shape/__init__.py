"""Rows that give elements another shape, order or place, and pick some of them."""
