"""The picture as data: boxes and strokes with places, the indices that find them, looks, fonts, places of labels."""
