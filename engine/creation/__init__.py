"""Tensors out of nothing, out of data or over memory."""
