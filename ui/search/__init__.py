"""Finding nodes by what is typed: the language of a search, its matcher, and the bar over the canvas."""
