"""Pooling over windows, and its way back."""
