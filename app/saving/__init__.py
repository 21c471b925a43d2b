"""The window's session as a file: saving, opening, copies against a bad end. The file's own form is in `app/store`."""
