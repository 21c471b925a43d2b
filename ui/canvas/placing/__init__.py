"""When what is laid out, off the UI thread, and what is said about it. Layouts: `layout` and `other_layouts` beside."""
