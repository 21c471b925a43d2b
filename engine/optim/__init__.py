"""`torch.optim`: what changes parameters by their gradients, and what changes the learning rate over time."""
