"""Figures in the words of the report's language, and alone: with every style they need, as a PDF takes them."""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape

from markupsafe import Markup

from ictal.report.filed.catalogue import Words
from ictal.report.filed.types import Figure
from ictal.report.style import figure_rules, light, patterns

_TEXT = re.compile(r"(<(?:text|title|desc)\b[^>]*>)([^<]*)(</)")
_DESC = re.compile(r"<desc\b[^>]*>([^<]*)</desc>")
_TITLE = re.compile(r"<title id[^>]*>([^<]*)</title>")
_FONT = "Libertinus Serif"


def figure(w: Words, key: str, drawing: Markup, caption: str, share: float = 1.0) -> Figure:
    """A drawing with its words in the language of the report; what it shows in words is its alternative."""
    text = _TEXT.sub(lambda m: f"{m[1]}{escape(_said(w, unescape(m[2])), quote=False)}{m[3]}", str(drawing))
    text = _renamed(text, key)
    title, desc = _TITLE.search(text), _DESC.search(text)
    alt = ". ".join(unescape(m[1]).rstrip(".") for m in (title, desc) if m)
    return Figure(key, Markup(text), f"{alt}.", caption, share)  # every text is escaped above


def _said(w: Words, text: str) -> str:
    return w.word(text) if text.strip() else text


def _renamed(text: str, key: str) -> str:
    """Names within the drawing that are its own, though the report holds several of its kind."""
    text = re.sub(r'id="[a-z0-9-]+-([td])"', rf'id="{key}-\1"', text).replace("tl-k", f"{key}-k")
    return re.sub(r'aria-labelledby="[^"]*"', f'aria-labelledby="{key}-t {key}-d"', text, count=1)


def on_paper(drawing: Markup) -> str:
    """The drawing as a PDF takes it: a file of its own, in one font; its words are the alternative beside it."""
    text = re.sub(r' style="max-width:[^"]*"', "", str(drawing), count=1)
    text = re.sub(r"<(title|desc)\b[^>]*>[^<]*</\1>", "", text)
    head, rest = text.split(">", 1)
    if "<style>" in rest:  # it carries its own
        own = re.sub(r"font-family:[^}]*}", f'font-family:"{_FONT}"}}', rest, count=1)
        return f"{head}>{own.replace('font-size:12.5px', 'font-size:16px').replace('font-size:11px', 'font-size:14px')}"
    return f"{head}><style>{_style()}</style>{patterns()}{rest}"


@cache
def _style() -> str:
    """The rules of figures in the font and the sizes of the page; of names of sides also where no `fig` is around."""
    colours = light()
    sides = "".join(f".{s}t {{ fill: {colours[c]}; }}" for s, c in (("sl", "left"), ("sr", "right"), ("sm", "mid")))
    rules = (
        figure_rules().replace("font-size: 12.5px", "font-size: 15.5px").replace("font-size: 11px", "font-size: 13px")
    )
    return f'text {{ font-family: "{_FONT}"; }} {rules} {sides}'
