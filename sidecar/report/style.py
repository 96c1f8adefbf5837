"""The frame of every HTML page: a title and parts flow in, one page that needs nothing else flows out.

Light and dark follow the reader's system, print is plain; nothing is loaded from anywhere, and no script runs.
"""

from collections.abc import Iterable
from html import escape

_STYLE = """
:root { color-scheme: light dark;
  --ground: #ffffff; --text: #1c2430; --quiet: #5b6675; --line: #d9dee5; --panel: #f5f7f9;
  --agent: #1971a8; --customer: #a85b12; --mood: #5f3dc4; --heat: #c9302c;
  --info: #1971a8; --warn: #b7791f; --critical: #c9302c; --praise: #2b8a3e; --good: #2b8a3e; }
@media (prefers-color-scheme: dark) { :root {
  --ground: #14181d; --text: #e6eaf0; --quiet: #9aa5b3; --line: #333c47; --panel: #1d232b;
  --agent: #6cb6e8; --customer: #e8a35c; --mood: #b197fc; --heat: #ff7b72;
  --info: #6cb6e8; --warn: #e8b84a; --critical: #ff7b72; --praise: #69c97c; --good: #69c97c; } }
* { box-sizing: border-box; print-color-adjust: exact; }
body { margin: 0 auto; max-width: 66rem; padding: 1.5rem 1rem 4rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; } p { margin: .3rem 0; }
header p, small, .quiet { color: var(--quiet); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; } tbody th { font-weight: 400; } .wide { overflow-x: auto; }
.wide td { white-space: nowrap; } .wide thead th { font-size: .85rem; vertical-align: bottom; }
details { border-bottom: 1px solid var(--line); padding: .3rem 0; } summary { cursor: pointer; }
ul { margin: .3rem 0; padding-left: 1.2rem; } li { margin: .15rem 0; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--text); }
.bars { width: 100%; } .bars th { width: 38%; } .bars td:last-child { width: 11rem; white-space: nowrap; }
.bars svg { height: .8rem; margin-top: .35rem; }
.track { fill: var(--panel); } .value { fill: var(--info); opacity: .75; }
.interval { stroke: var(--text); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
@media print { :root { --ground: #fff; --text: #000; --quiet: #444; --line: #bbb; --panel: #f2f2f2; }
  body { max-width: none; padding: 0; font-size: 10pt; } section, tr, .card { break-inside: avoid; }
  details { display: block; } }
"""


def page(title: str, body: Iterable[str], style: str = "") -> str:
    """A whole page; `body` are pieces of HTML, already escaped, and `style` rules of the page's own."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
            f"<title>{escape(title)}</title>",
            f"<style>{_STYLE}{style}</style></head><body>",
            *body,
            "</body></html>",
            "",
        ]
    )
