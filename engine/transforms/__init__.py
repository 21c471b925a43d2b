"""Other ways to differentiate: forward mode, `torch.autograd.functional`, `torch.func`, `vmap`."""
