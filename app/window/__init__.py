"""The main window with its menus, status bar and small dialogs."""
