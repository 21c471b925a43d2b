"""Rows of linear algebra: products of vectors and matrices, decompositions, solving."""
