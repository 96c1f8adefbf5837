"""Pages over the panel, also before there is anything to draw in."""

from textual.app import App
from textual.containers import VerticalScroll

from tests.tui.stage import screen_text
from tui.lines import Line, Span
from tui.screens import Page


def lines(columns: int) -> list[Line]:
    return [(Span(f"so wide: {columns}"),)]


async def test_a_page_takes_a_remark_and_other_lines_before_it_is_drawn() -> None:
    app: App[None] = App()
    async with app.run_test(size=(60, 12)) as pilot:
        page = Page("Keys", lambda _columns: [])
        page.remark("note from Maria")
        page.turn_to(lines)
        page.action_scroll(1)
        await app.push_screen(page)
        await pilot.pause()
        frame = page.query_one(VerticalScroll)
        assert frame.border_subtitle == "note from Maria, esc closes"
        assert "so wide: 54" in "\n".join(screen_text(app))
        page.remark("")
        assert frame.border_subtitle == "esc closes"
