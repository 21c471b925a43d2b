"""What the window and the kernel process agree on. Both import it; it imports neither."""
