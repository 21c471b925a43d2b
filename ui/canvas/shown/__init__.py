"""What is drawn, before it has places: boxes, edges and what they say at a position of a pass. Knows no Qt."""
