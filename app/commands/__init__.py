"""What the actions of the window do: one module a subject, mixed into `window_commands`."""
