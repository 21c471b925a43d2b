"""Recurrent cells and layers, packed sequences."""
