import itertools

import pytest
from PySide6.QtGui import QKeySequence

from app.commands.breakpoints import BreakpointCommands
from app.commands.exports import ExportCommands
from app.commands.files import FileCommands
from app.commands.finding import Finding
from app.commands.groups import GroupCommands
from app.commands.live_mode import LiveMode
from app.commands.navigation import NavigationCommands
from app.commands.steps import StepCommands
from app.commands.window_commands import Commands
from app.window.actions import ACTIONS, CANVAS_KEYS, CONDITIONS, MENUS, SCOPES, key_rows
from app.window.status import KEYS, conditions, keys_text
from ui.icons import names
from ui.view_state import ViewState


def keys():
    for action in ACTIONS:
        for text, scope in [(action.keys, action.scope), *action.also]:
            if text:
                yield QKeySequence(text).toString(), scope, action.id


def test_every_action_has_a_menu_a_method_and_known_conditions():
    for action in ACTIONS:
        assert action.menu in MENUS
        assert any(
            callable(getattr(owner, action.id, None))
            for owner in (
                Commands,
                Finding,
                GroupCommands,
                NavigationCommands,
                BreakpointCommands,
                ExportCommands,
                StepCommands,
                FileCommands,
                LiveMode,
            )
        )
        assert set(action.needs) <= CONDITIONS
        assert action.scope in SCOPES
        assert {scope for _, scope in action.also} <= SCOPES
        assert action.toolbar in ("", "button", "primary")
        assert action.icon in ("", *names())


def test_ids_are_unique():
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


def test_every_menu_has_something_in_it():
    assert {action.menu for action in ACTIONS} == set(MENUS)
    letters = [title[title.index("&") + 1].lower() for title in MENUS.values()]
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_a_shortcut_is_one_that_qt_knows(action):
    for text in (action.keys, *(keys for keys, _ in action.also)):
        if text:
            assert QKeySequence(text).toString() != ""
            assert QKeySequence(text).toString(QKeySequence.SequenceFormat.PortableText) == text


def test_no_two_actions_share_a_key():
    taken = [text for text, _ in {(text, action) for text, _, action in keys()}]
    assert len(taken) == len(set(taken))


def test_the_list_of_keys_names_every_shortcut_and_where_it_works():
    rows = {action: text for _, action, text in key_rows()}
    assert rows["Back"] == "Left"
    assert rows["Fit graph"] == "Space (in the canvas)   Ctrl+Shift+F"
    assert len(rows) == len({action for _, _, action in keys()}) + len(CANVAS_KEYS)


def test_the_status_bar_teaches_keys_of_the_table():
    assert keys_text() == "Space fit  ·  ← → step  ·  P play  ·  F1 all keys"
    assert {name for name, _ in KEYS} <= {action.id for action in ACTIONS}


def test_every_condition_can_hold(qapp):
    state = ViewState()
    held = set()
    for document, kernel, recent in itertools.product((True, False), ("idle", "busy", "dead"), (True, False)):
        held |= conditions(state, document=document, kernel=kernel, recent=recent, examples=True)
    need_a_trace = {
        "graph",
        "pass",
        "walk",
        "breakpoints",
        "paused",
        "selection",
        "two selected",
        "lit or selected",
        "sub-graph",
    }
    need_a_trace |= {"groups", "closed groups", "closed group", "in group", "beside group"}  # of the canvas's folding
    need_a_trace |= {"session", "leftovers"}  # of the session's files
    assert held == CONDITIONS - need_a_trace


def test_code_cannot_run_in_a_dead_kernel_but_it_can_be_restarted(qapp):
    held = conditions(ViewState(), document=True, kernel="dead", recent=False, examples=True)
    assert "document" not in held
    assert "startable" in held
