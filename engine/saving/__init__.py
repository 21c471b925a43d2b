"""What nodes save for their gradients: values, hooks that pack them, and what guards them."""
