"""Everything a supervisor can do with the floor, in one list: keys, palette and help are made from it.

Settings map an action's name to keys; names and default keys are those of config.toml `[floor.keys]`.
"""

from tui.actions import Action

ACTIONS = (
    Action("down", "j,down", "Down", "Choose the next row"),
    Action("up", "k,up", "Up", "Choose the row before"),
    Action("page_down", "pagedown", "Page down", "A window further down"),
    Action("page_up", "pageup", "Page up", "A window further up"),
    Action("first", "home", "First", "The first row"),
    Action("last", "G,end", "Last", "The last row"),
    Action("jump", "g", "Hottest", "Go to the call that needs a person most and that nobody has"),
    Action("let_go", "escape", "Let go", "No row chosen: the order follows the calls again"),
    Action("open", "enter", "Open", "The whole call: words, curves, hints, notes"),
    Action("claim", "c", "Claim", "I have this call; once more gives it back"),
    Action("note", "n", "Note", "Whisper a note to the agent"),
    Action("answer", "a", "Answer", "Answer the agent's call for help"),
    Action("filter", "slash", "Filter", "Only rows that hold these words"),
    Action("hot_only", "f", "Hot only", "Only calls that need a person now"),
    Action("team", "m", "Team", "Only one team"),
    Action("sort", "o", "Sort", "Put the rows into their order now"),
    Action("order", "O", "Order by", "What the rows are sorted by"),
    Action("freeze", "space", "Freeze", "Hold the picture still, or let it go on"),
    Action("alerts", "x", "Alerts", "What has called for a person since you came"),
    Action("shift", "s", "Shift", "The last hours: mood, heat, hints, openings"),
    Action("theme", "t", "Theme", "Change colours"),
    Action("reload", "r", "Reload", "Read the settings again"),
    Action("help", "question_mark", "Help", "All keys in force"),
    Action("quit", "q", "Quit", "Leave the floor; the calls go on"),
)
