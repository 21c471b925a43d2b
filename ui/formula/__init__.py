"""Mathematics on screen: formula texts of gradient rules parsed (never evaluated), set in boxes, painted."""
