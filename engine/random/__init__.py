"""Random numbers in PyTorch's order: the generator, its state, and the tensors drawn from it."""
