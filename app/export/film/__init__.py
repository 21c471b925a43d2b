"""Films of a pass: one frame per position, all of one size, written as animated images or as MP4."""
