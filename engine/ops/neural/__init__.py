"""Rows that PyTorch has for neural networks, one node each: losses, convolution, pooling, normalisation."""
