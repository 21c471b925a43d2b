"""Where one looks: fits, gestures, walks along edges, views gone back to, boxes gliding to new places."""
