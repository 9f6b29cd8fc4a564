"""Small pieces of SVG as text: escaped, with short numbers, named for readers who cannot see them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from markupsafe import Markup


def num(value: float) -> str:
    """How is a coordinate written? One decimal at most: `12.5`, `3`, never `-0`."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def tag(name: str, content: str = "", /, **attributes: str | float) -> str:
    """One element. `content` is markup; attribute values are escaped, `class_` is class, `_` in a name becomes `-`."""
    parts = [name]
    for key, value in attributes.items():
        text = value if isinstance(value, str) else num(value)
        parts.append(f'{key.rstrip("_").replace("_", "-")}="{escape(text)}"')
    head = " ".join(parts)
    return f"<{head}>{content}</{name}>" if content else f"<{head}/>"


def text(x: float, y: float, words: str, **attributes: str | float) -> str:
    """Words at a place; they are escaped."""
    return tag("text", escape(words, quote=False), x=x, y=y, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float) -> str:
    """A straight line from one place to another."""
    return tag("path", d=f"M{num(x1)} {num(y1)}L{num(x2)} {num(y2)}", **attributes)


def box(x: float, y: float, width: float, height: float, hint: str = "", **attributes: str | float) -> str:
    """A rectangle, with words that show when a pointer rests on it."""
    content = tag("title", escape(hint, quote=False)) if hint else ""
    return tag("rect", content, x=x, y=y, width=width, height=height, **attributes)


def arrow_head(x: float, y: float, dx: float, dy: float, size: float = 5.0, **attributes: str | float) -> str:
    """A small triangle whose tip lies at (x, y) and that points along (dx, dy)."""
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / length * size, dy / length * size
    a, b = (x - 2 * ux - uy, y - 2 * uy + ux), (x - 2 * ux + uy, y - 2 * uy - ux)
    d = f"M{num(x)} {num(y)}L{num(a[0])} {num(a[1])}L{num(b[0])} {num(b[1])}z"
    return tag("path", d=d, **attributes)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished figure: its size in user units, a short name, and what it shows in words."""

    width: float
    height: float
    name: str
    description: str

    def of(self, *parts: str, key: str, class_: str = "") -> Markup:
        """The figure as one `<svg>`. `key` must be unique in the document: it ties the words to the figure."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="fig {escape(class_)}" role="img" '
            f'viewBox="0 0 {num(self.width)} {num(self.height)}" '
            f'style="max-width:{num(self.width)}px" aria-labelledby="{escape(key)}-t {escape(key)}-d">'
        )
        words = (
            f'<title id="{escape(key)}-t">{escape(self.name, quote=False)}</title>'
            f'<desc id="{escape(key)}-d">{escape(self.description, quote=False)}</desc>'
        )
        return Markup(head + words + "".join(parts) + "</svg>")  # every part was escaped where it was made


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Seconds to horizontal user units: `[start_s, stop_s]` fills `width` from `left` on."""

    start_s: float
    stop_s: float
    left: float
    width: float

    @property
    def right(self) -> float:
        return self.left + self.width

    def x(self, time_s: float) -> float:
        return self.left + (time_s - self.start_s) / (self.stop_s - self.start_s) * self.width

    def span(self, start_s: float, stop_s: float) -> tuple[float, float] | None:
        """Left edge and width of a stretch of time, cut at both ends; `None` when nothing of it is in view."""
        a, b = max(start_s, self.start_s), min(stop_s, self.stop_s)
        return (self.x(a), self.x(b) - self.x(a)) if b > a else None


_STEPS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


def time_ticks(start_s: float, stop_s: float, origin_s: float, at_most: int) -> tuple[float, ...]:
    """Which times of `[start_s, stop_s]` get a tick? Whole steps from `origin_s`, no more than `at_most` of them."""
    span_s = stop_s - start_s
    step = next((s for s in _STEPS_S if span_s / s <= at_most), _STEPS_S[-1])
    first = -int((origin_s - start_s) // step)
    last = int((stop_s - origin_s) // step)
    return tuple(origin_s + k * step for k in range(first, last + 1))


def round_up(value: float) -> float:
    """The next of 1, 2, 3, 5, 7, 10, 20, 30, ... that is at least `value`."""
    scale = 1.0
    while scale * 10 < value:
        scale *= 10
    return next(scale * m for m in (1, 2, 3, 5, 7, 10) if scale * m >= value)
