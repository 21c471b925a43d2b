"""Runs PyTorch's own table of operators, with its samples, through PyTorch and through the engine: `make parity`."""
