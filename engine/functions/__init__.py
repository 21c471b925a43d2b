"""Nodes that users write themselves: `torch.autograd.Function`, and checkpointing, which is built of it."""
