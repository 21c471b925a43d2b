"""The HTML player: one file that steps through a pass in any browser, without a network.

reel.py      the drawing at every position as SVG elements, each stored once, with what a step changes
content.py   everything the page shows, as plain data
page.py      the file: the page of `resources/player` with that data in it
"""
