"""Groups on the canvas: opening, closing, the path of crumbs."""
