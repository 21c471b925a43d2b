"""The canvas: the graph as a picture that stays readable and quick at any size."""
