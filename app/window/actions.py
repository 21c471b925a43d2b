"""The one table of everything a person can do: menus, toolbar, shortcuts and the list of keys are made from it.

Plain data; `app/window/menus.py` turns it into Qt's actions, and `MainWindow` has one method per id.
"""

from __future__ import annotations

from dataclasses import dataclass

# Menus in their order, with the letters that open them with Alt.
MENUS = {
    "File": "&File",
    "Edit": "&Edit",
    "View": "&View",
    "Graph": "&Graph",
    "Step": "&Step",
    "Kernel": "&Kernel",
    "Examples": "E&xamples",
    "Help": "&Help",
}

# What must hold for an action to be offered. The window says which of these hold; see `MainWindow.conditions`.
CONDITIONS = frozenset(
    {
        "document", "graph", "pass", "walk", "breakpoints", "paused",
        "selection", "two selected", "lit or selected", "sub-graph", "busy", "startable",
        "recent", "leftovers", "session", "examples", "groups", "closed groups", "closed group", "in group",
        "beside group",
    }
)  # fmt: skip

# Where a key works: in the whole window, or only while the focus is in one widget (by object name), because the
# console or a text field needs the key for itself.
SCOPES = frozenset({"window", "canvas", "script", "timeline"})


@dataclass(frozen=True, slots=True)
class Action:
    """One row.

    id        method of the window that does it
    keys      shortcut in Qt's portable text; `scope` says where it works
    also      further shortcuts, each with its scope
    needs     conditions that must all hold
    group     rows of one menu with different groups are divided by a line
    toolbar   "" (not there), "button" or "primary"
    choices   a menu of further entries instead of one action; the window fills it
    checkable a switch, whose state the window keeps up to date
    on_box    also in the menu of a box on the canvas
    on_ground also in the menu of the canvas where there is no box
    in_script also in the menu of the script
    """

    id: str
    text: str
    menu: str
    keys: str = ""
    scope: str = "window"
    also: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    group: int = 0
    icon: str = ""
    toolbar: str = ""
    tip: str = ""
    choices: bool = False
    checkable: bool = False
    on_box: bool = False
    on_ground: bool = False
    in_script: bool = False


ACTIONS = (
    Action("open_file", "Open…", "File", "Ctrl+O", icon="open", tip="Open a Python script, a notebook or a session"),
    Action("recent", "Open recent", "File", needs=("recent",), choices=True),
    Action("recover", "Recover session", "File", needs=("leftovers",), choices=True),
    Action(
        "save", "Save session", "File", "Ctrl+S", needs=("session",), icon="save", group=1,
        tip="Keep code, graph, passes and console in one file",
    ),
    Action("save_as", "Save session as…", "File", "Ctrl+Shift+S", needs=("session",), group=1),
    Action(
        "export", "Export…", "File", "Ctrl+E", needs=("graph",), group=1, icon="export",
        tip="Write the graph as a picture or as data, or the pass as a film", on_ground=True,
    ),
    Action("quit", "Quit", "File", "Ctrl+Q", group=2),
    Action("copy_picture", "Copy image", "Edit", "Ctrl+Alt+C", needs=("graph",), icon="copy", on_ground=True),
    Action(
        "find", "Find in the graph…", "Edit", "Ctrl+F", needs=("graph",), icon="search",
        tip="By name, op, shape, line, gradient and more",
    ),
    Action("clear_console", "Clear console", "Edit", "Ctrl+L", group=1),
    Action("focus_console", "Go to console", "Edit", "Ctrl+J", group=1),
    Action("settings", "Settings…", "Edit", "Ctrl+,", group=2, icon="settings"),
    Action(
        "group_by", "Group by", "View", needs=("graph",), choices=True, on_ground=True,
        tip="What the graph is gathered by",
    ),
    Action("hide", "Hide", "View", needs=("graph",), choices=True, tip="What is left out of the graph", on_ground=True),
    Action(
        "follow_step", "Follow the node that runs", "View", group=3, checkable=True,
        tip="The view moves when the node that runs is not in it",
    ),
    Action(
        "signed_gradients", "Colour scalars by sign", "View", group=3, checkable=True,
        tip="Gradients with one element: negative ones in one colour, positive ones in another",
    ),
    Action(
        "step_into_groups", "Open groups while stepping", "View", group=3, checkable=True,
        tip="Open the group of the node that runs, and close it when it is left; otherwise it is only marked",
    ),
    Action("theme", "Theme", "View", group=1, choices=True, icon="theme"),
    Action(
        "reduced_motion", "Reduced motion", "View", group=1, checkable=True, tip="No moving pulses, no sliding nodes"),
    Action("docks", "Docks", "View", choices=True, group=1),
    Action("reset_layout", "Reset layout", "View", group=1),
    Action("full_screen", "Full screen", "View", "F11", group=2, checkable=True),
    Action(
        "fit", "Fit graph", "Graph", "Space", scope="canvas", also=(("Ctrl+Shift+F", "window"),), needs=("graph",),
        group=1, icon="fit", on_ground=True,
    ),
    Action("view", "Show as", "Graph", needs=("graph",), choices=True, on_ground=True),
    Action(
        "left_to_right", "Left to right", "Graph", needs=("graph",), checkable=True, on_ground=True,
        tip="Data flows to the right",
    ),
    Action("layout", "Layout", "Graph", needs=("graph",), choices=True, tip="Where the boxes stand", on_ground=True),
    Action(
        "lay_out_afresh", "Lay out afresh", "Graph", needs=("graph",), on_ground=True,
        tip="Forget the places kept while it grew",
    ),
    Action("zoom_in", "Zoom in", "Graph", "Ctrl++", scope="canvas", needs=("graph",), group=1, icon="zoom-in"),
    Action("zoom_out", "Zoom out", "Graph", "Ctrl+-", scope="canvas", needs=("graph",), group=1, icon="zoom-out"),
    Action("view_back", "Previous view", "Graph", "Alt+Left", scope="canvas", needs=("graph",), group=1),
    Action("view_forward", "Next view", "Graph", "Alt+Right", scope="canvas", needs=("graph",), group=1),
    Action("bookmarks", "Bookmarks", "Graph", needs=("graph",), group=1, choices=True),
    Action(
        "clear_selection", "Clear trace or selection", "Graph", "Esc", scope="canvas", needs=("lit or selected",),
        group=2,
    ),
    Action(
        "trace_ancestors", "Light ancestors", "Graph", "A", scope="canvas", needs=("selection",), group=3, on_box=True,
        tip="Light what the selection was made from, dim the rest",
    ),
    Action(
        "trace_descendants", "Light descendants", "Graph", "D", scope="canvas", needs=("selection",), group=3,
        on_box=True, tip="Light what was made from the selection, dim the rest",
    ),
    Action(
        "trace_both", "Light both", "Graph", "T", scope="canvas", needs=("selection",), group=3, on_box=True,
        tip="Light ancestors and descendants of the selection, dim the rest",
    ),
    Action(
        "trace_path", "Light path between two", "Graph", "Shift+T", scope="canvas", needs=("two selected",), group=3,
        on_box=True, tip="Light a shortest path between the two nodes selected last, in the data's direction",
    ),
    Action("trace_distance", "Light as far as", "Graph", needs=("graph",), group=3, choices=True),
    Action(
        "show_only", "Show only this", "Graph", "O", scope="canvas", needs=("lit or selected",), group=4, on_box=True,
        tip="What is lit, or the selection with its ancestors and descendants, in a tab of its own",
    ),
    Action("close_tab", "Close sub-graph", "Graph", "Ctrl+W", needs=("sub-graph",), group=4),
    Action(
        "expand", "Expand group", "Graph", "Return", scope="canvas", also=(("Enter", "canvas"),),
        needs=("closed group",), group=5, on_box=True, tip="Show what is in the selected group",
    ),
    Action(
        "expand_below", "Expand all below", "Graph", "Alt+Return", scope="canvas", needs=("closed group",), group=5,
        on_box=True, tip="Show what is in the selected group and in every group inside it",
    ),
    Action(
        "expand_all", "Expand all", "Graph", "Alt+Shift+Return", scope="canvas", needs=("closed groups",), group=5,
        tip="Show the whole graph", on_ground=True,
    ),
    Action(
        "collapse_group", "Collapse this group", "Graph", "Backspace", scope="canvas", needs=("in group",), group=6,
        on_box=True, tip="Show the group around the selection as one box",
    ),
    Action("collapse_around", "Collapse around it", "Graph", needs=("in group",), group=6, on_box=True, choices=True),
    Action(
        "collapse_siblings", "Collapse siblings", "Graph", "Shift+Backspace", scope="canvas", needs=("beside group",),
        group=6, on_box=True, tip="Show every group beside the selection's as one box",
    ),
    Action(
        "collapse_all", "Collapse all", "Graph", "Ctrl+Backspace", scope="canvas", needs=("groups",), group=6,
        tip="Show the outermost groups as one box each", on_ground=True,
    ),
    Action(
        "show_alone", "Show this group alone", "Graph", "Alt+O", scope="canvas", needs=("beside group",), group=6,
        on_box=True, tip="Only what is in the selected group, or in the one around the selection; again for all",
    ),
    Action("step_first", "First", "Step", "Home", needs=("walk",), icon="first"),
    Action("step_back", "Back", "Step", "Left", needs=("walk",), icon="back"),
    Action("play", "Play or pause", "Step", "P", also=(("Ctrl+Space", "window"),), needs=("walk",), icon="play"),
    Action("play_backwards", "Play backwards or pause", "Step", "Shift+P", needs=("walk",), icon="reverse"),
    Action("step_forward", "Forward", "Step", "Right", needs=("walk",), icon="forward"),
    Action("step_last", "Last", "Step", "End", needs=("walk",), icon="last"),
    Action("grain", "Grain", "Step", needs=("walk",), choices=True, tip="How far one step goes"),
    Action(
        "coarser", "Coarser steps", "Step", "Up", needs=("walk",),
        tip="From contributions to nodes, lines of code, whole passes",
    ),
    Action(
        "finer", "Finer steps", "Step", "Down", needs=("walk",),
        tip="From whole passes to lines of code, nodes, contributions",
    ),
    Action(
        "choose_walk", "Choose a pass…", "Step", "Ctrl+Shift+G", needs=("walk",), group=1,
        tip="Every pass of the session, and the forward pass of each cell",
    ),
    Action("previous_pass", "Previous pass", "Step", "Ctrl+PgUp", needs=("pass",), group=1),
    Action("next_pass", "Next pass", "Step", "Ctrl+PgDown", needs=("pass",), group=1),
    Action(
        "first_nonfinite", "Go to first NaN or Inf", "Step", "Ctrl+Shift+N", needs=("walk",), group=1,
        tip="Where it was born, with its path to the parameters lit",
    ),
    Action(
        "break_at_node", "Break at this node", "Step", "B", scope="canvas", needs=("selection",), group=3, on_box=True,
        tip="Stop here while stepping; again: no more",
    ),
    Action(
        "break_at_op", "Break at every op of this kind", "Step", "Shift+B", scope="canvas", needs=("selection",),
        group=3, on_box=True, tip="Stop wherever such an op runs; again: no more",
    ),
    Action(
        "break_at_line", "Break at this line", "Step", "F9", needs=("graph",), group=3, on_box=True,
        tip="The line of the cursor in the script, or the one that made the selected node", in_script=True,
    ),
    Action("break_when", "Break when…", "Step", "Ctrl+Shift+B", group=3, tip="Stop when a gradient is like this"),
    Action("remove_breakpoints", "Remove all breakpoints", "Step", needs=("breakpoints",), group=3),
    Action(
        "next_breakpoint", "Next breakpoint", "Step", "Shift+Right", needs=("walk", "breakpoints"), group=4,
        tip="Step on to where a breakpoint stops",
    ),
    Action(
        "previous_breakpoint", "Previous breakpoint", "Step", "Shift+Left", needs=("walk", "breakpoints"), group=4,
        tip="Step back to where a breakpoint stopped",
    ),
    Action(
        "run_to", "Run to here", "Step", "R", scope="canvas", needs=("walk", "selection"), group=4, on_box=True,
        tip="Step on until the selected node runs",
    ),
    Action(
        "run_back_to", "Run back to here", "Step", "Shift+R", scope="canvas", needs=("walk", "selection"), group=4,
        on_box=True, tip="Step back to where the selected node ran",
    ),
    Action(
        "pause_live", "Wait at breakpoints", "Step", "Ctrl+F9", group=5, checkable=True,
        tip="While it is on, a running pass waits at breakpoints until you let it go on",
    ),
    Action("live_continue", "Continue the waiting pass", "Step", "F8", needs=("paused",), group=5),
    Action("live_step", "Step the waiting pass", "Step", "F10", needs=("paused",), group=5),
    Action("live_abort", "Abort the waiting pass", "Step", "Shift+F8", needs=("paused",), group=5),
    Action(
        "run_cell", "Run cell", "Kernel", "F5", also=(("Ctrl+Return", "script"),), needs=("document",), icon="run",
        toolbar="primary", tip="Run the current cell", in_script=True,
    ),
    Action(
        "run_next", "Run cell and go on", "Kernel", "F6", also=(("Shift+Return", "script"),), needs=("document",),
        icon="run-next", tip="Run the current cell and make the next one current", in_script=True,
    ),
    Action(
        "run_all", "Run all", "Kernel", "F7", needs=("document",), icon="run-all", toolbar="button",
        tip="Run every cell in order",
    ),
    Action(
        "interrupt", "Interrupt", "Kernel", "Ctrl+I", needs=("busy",), group=1, icon="interrupt", toolbar="button",
        tip="Stop the running cell (Ctrl+C in the console does it too)",
    ),
    Action(
        "restart", "Restart", "Kernel", "Ctrl+Shift+R", needs=("startable",), group=1, icon="restart", toolbar="button",
        tip="End the kernel and start a fresh one; the picture stays",
    ),
    Action("example", "Examples", "Examples", needs=("examples",), choices=True),
    Action("show_keys", "Keyboard shortcuts", "Help", "F1", icon="help"),
    Action("about", "About Retrograde", "Help", group=1),
)  # fmt: skip


# What the canvas does by itself, for the list of keys: (menu, action, keys).
CANVAS_KEYS = (
    (
        "Graph",
        "Walk from box to box",
        "Up   Down   Left   Right (in the canvas, from Up or Down at a selected box until Esc)",
    ),
    ("Graph", "Go to a bookmark", "1 to 9 (in the canvas)"),
    ("Graph", "Set a bookmark", "Ctrl+1 to Ctrl+9 (in the canvas)"),
    ("Graph", "Zoom", "Wheel, at the pointer"),
    ("Graph", "Zoom to a box", "Double-click"),
    ("Graph", "Zoom to a rectangle", "Ctrl+drag"),
    ("Graph", "Extend the selection", "Shift+click"),
)


def key_rows() -> list[tuple[str, str, str]]:
    """(menu, action, keys) of every action that has a key, in the table's order, for the list of keys."""
    rows = list(CANVAS_KEYS)
    for action in ACTIONS:
        keys = [(action.keys, action.scope), *action.also] if action.keys else list(action.also)
        if keys:
            rows.append((action.menu, action.text.rstrip("…"), "   ".join(_with_scope(*pair) for pair in keys)))
    return rows


def _with_scope(keys: str, scope: str) -> str:
    return keys if scope == "window" else f"{keys} (in the {scope})"
