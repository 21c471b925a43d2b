"""What describes a tensor without being one: dtype, device, layout, size, promotion."""
