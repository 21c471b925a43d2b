"""Modules: tensors that learn, held together with the code that uses them. Knows no operation but by name."""
