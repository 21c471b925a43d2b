"""Rows that combine the elements along dims: sums, extremes, running products, softmax."""
