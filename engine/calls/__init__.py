"""How calls are taken: PyTorch's signatures, its argument parser, and its words for a call that fits none of them."""
