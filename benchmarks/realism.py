"""Is a simulated newborn like a real one, and does anything give a simulated seizure away?

    python benchmarks/realism.py                              60 infants, about two minutes
    python benchmarks/realism.py --infants 20                 less of it
    python benchmarks/realism.py --figure docs/realism.svg    draws the comparison too
    python benchmarks/realism.py --data FOLDER                the real recordings [ICTAL_DATA, else ../shared/data]

The real ones are the one-second pieces of 22 newborns without seizures (Stevenson et al., Zenodo 4940267). Prints
tables in Markdown and writes the numbers into benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.giveaways import areas, draw_windows, together
from benchmarks.newborns import FILE, MAINS, QUANTILES, Looks, looks, real_pieces, simulated_pieces
from ictal.report.svg import Drawing, line, tag, text

HERE = Path(__file__).resolve().parent
FIRST_SEED = 7000
AGES_DAYS = (10.0, 120.0, 300.0)
SHOWN_HZ = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 25, 30)
COLOURS = {"real": "#b35806", "simulated": "#2166ac"}
INK = "#444"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Rows as a table in Markdown."""
    return "\n".join("| " + " | ".join(line) + " |" for line in (head, tuple("---" for _ in head), *rows))


def newborn_tables(real: Looks, ours: Looks) -> str:
    """The distributions, real beside simulated."""

    def row(name: str, values: object) -> tuple[str, ...]:
        return (name, *(f"{v:.2f}" for v in np.atleast_1d(np.asarray(values, dtype=float))))

    parts = []
    head = ("", *(f"{q} %" for q in QUANTILES))
    rows = []
    for name, field in (("RMS, uV", "rms_uv"), ("kurtosis", "kurtosis"), ("line length / RMS", "steps")):
        rows += [row(f"{name}, real", getattr(real, field)), row(f"{name}, simulated", getattr(ours, field))]
    parts.append("Of one second on one channel:\n\n" + table(head, rows))
    head = ("", "5 %", "25 %", "50 %", "75 %", "95 %")
    rows = []
    for name, field in (
        ("median RMS, uV", "infants_uv"),
        ("exponent 2-11 Hz", "exponents"),
        ("spread from second to second", "changing"),
        ("spread among channels", "uneven"),
    ):
        for kind, made in (("real", real), ("simulated", ours)):
            rows.append(row(f"{name}, {kind}", np.percentile(getattr(made, field), (5, 25, 50, 75, 95))))
    parts.append("Of one infant:\n\n" + table(head, rows))
    rows = [
        row(kind, (made.chained, made.crossed, made.mirrored)) for kind, made in (("real", real), ("simulated", ours))
    ]
    head = ("median correlation", "one electrode shared, in a chain", "side by side", "mirrored")
    parts.append("Of two bipolar channels:\n\n" + table(head, rows))
    rows = []
    for q in (10, 25, 50, 75, 90):
        away = ours.spectrum_db[QUANTILES.index(q)] - real.spectrum_db[QUANTILES.index(q)]
        rows.append((f"{q} %", *(f"{away[hz]:+.1f}" for hz in SHOWN_HZ)))
    parts.append("Spectrum, simulated minus real, dB:\n\n" + table(("", *(f"{hz} Hz" for hz in SHOWN_HZ)), rows))
    return "\n\n".join(parts)


def giveaway_table(infants: int) -> tuple[str, dict[str, dict[str, tuple[float, float]]]]:
    """AUC of each number, discharges against normal rhythms, by age; the same against any other time."""
    found, last = {}, []
    for age in AGES_DAYS:
        windows = draw_windows(infants, FIRST_SEED, age)
        found[f"{age:.0f}"] = areas(windows)
        last.append(together(windows, draw_windows(infants, FIRST_SEED + 500, age)))
    names = list(next(iter(found.values())))
    rows = [(name, *(f"{found[age][name][k]:.2f}" for k in (0, 1) for age in found)) for name in names]
    rows.append(("all together, in other infants", *(f"{x:.2f}" for x in last), *("" for _ in last)))
    head = (
        "number of a 4 s window",
        *(f"rhythm, {age} d" for age in found),
        *(f"other time, {age} d" for age in found),
    )
    return table(head, rows), found


def figure(real: Looks, ours: Looks) -> str:
    """Spectra and amplitudes of both as one SVG."""
    parts = [tag("rect", x=0, y=0, width=900, height=330, fill="#fff")]
    parts += _spectra(real, ours)
    parts += _cumulative(real, ours)
    parts += _infants(real, ours)
    for k, (name, colour) in enumerate(COLOURS.items()):
        words = "real newborns (22)" if name == "real" else f"simulated newborns ({len(ours.infants_uv)})"
        parts.append(tag("rect", x=60 + 190 * k, y=10, width=14, height=10, fill=colour))
        parts.append(text(80 + 190 * k, 19, words, fill=INK))
    drawing = Drawing(
        900, 330, "Simulated newborns beside real ones",
        "Left: median power spectrum and its 10 to 90 percent band from 1 to 30 Hz. Middle: share of one-second pieces "
        "below an RMS. Right: median RMS and spectral exponent of each infant.",
    )  # fmt: skip
    shown = str(drawing.of(*parts, key="realism"))
    return shown.replace("<svg ", '<svg font-family="sans-serif" font-size="11" ', 1) + "\n"


def _frame(left: float, title: str, below: str) -> list[str]:
    return [
        line(left, 50, left, 280, stroke=INK, fill="none"),
        line(left, 280, left + 240, 280, stroke=INK, fill="none"),
        text(left, 42, title, fill=INK),
        text(left + 240, 312, below, fill=INK, text_anchor="end"),
    ]


def _path(points: list[tuple[float, float]], **attributes: str | float) -> str:
    return tag("path", d="M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), **attributes)


def _spectra(real: Looks, ours: Looks) -> list[str]:
    def at(hz: int, db: float) -> tuple[float, float]:
        return 50 + 240 * math.log(hz) / math.log(30), 280 - 230 * (db + 28) / 56

    parts = _frame(50, "power of one second, dB re 1 uV²/Hz", "Hz")
    for hz in (1, 2, 5, 10, 20, 30):
        parts.append(text(at(hz, 0)[0], 296, str(hz), fill=INK, text_anchor="middle"))
    for db in (-20, -10, 0, 10, 20):
        parts.append(text(46, at(1, db)[1] + 4, str(db), fill=INK, text_anchor="end"))
    hz_shown = range(1, 31)
    for name, made in (("real", real), ("simulated", ours)):
        low, middle, high = (made.spectrum_db[QUANTILES.index(q)] for q in (10, 50, 90))
        around = [at(hz, high[hz]) for hz in hz_shown] + [at(hz, low[hz]) for hz in reversed(hz_shown)]
        parts.append(_path(around, fill=COLOURS[name], fill_opacity=0.15))
        parts.append(_path([at(hz, middle[hz]) for hz in hz_shown], stroke=COLOURS[name], fill="none", stroke_width=2))
    parts.append(text(at(MAINS[1], 0)[0], 62, "mains, folded", fill=INK, text_anchor="middle"))
    return parts


def _log_uv(left: float, uv: float) -> float:
    return left + 240 * math.log(max(uv, 1.0)) / math.log(60)


def _cumulative(real: Looks, ours: Looks) -> list[str]:
    parts = _frame(350, "share of seconds below an RMS, %", "RMS, uV")
    for uv in (1, 3, 10, 30):
        parts.append(text(_log_uv(350, uv), 296, str(uv), fill=INK, text_anchor="middle"))
    for share in (0, 25, 50, 75, 100):
        parts.append(text(346, 284 - 2.3 * share, str(share), fill=INK, text_anchor="end"))
    for name, made in (("real", real), ("simulated", ours)):
        points = [(_log_uv(350, uv), 280 - 2.3 * q) for q, uv in zip(QUANTILES, made.rms_uv, strict=True)]
        parts.append(_path(points, stroke=COLOURS[name], fill="none", stroke_width=2))
        parts += [tag("circle", cx=x, cy=y, r=2.5, fill=COLOURS[name]) for x, y in points]
    return parts


def _infants(real: Looks, ours: Looks) -> list[str]:
    parts = _frame(650, "each infant: exponent of its spectrum", "median RMS, uV")
    for uv in (1, 3, 10, 30):
        parts.append(text(_log_uv(650, uv), 296, str(uv), fill=INK, text_anchor="middle"))
    for value in (1.0, 1.5, 2.0, 2.5, 3.0):
        parts.append(text(646, 284 - 115 * (value - 1), f"{value:.1f}", fill=INK, text_anchor="end"))
    for name, made in (("simulated", ours), ("real", real)):
        for uv, exponent in zip(made.infants_uv, made.infant_exponents, strict=True):
            y = 280 - 115 * (min(max(exponent, 1.0), 3.0) - 1)
            parts.append(tag("circle", cx=_log_uv(650, uv), cy=y, r=3.5, fill=COLOURS[name], fill_opacity=0.75))
    return parts


def main() -> int:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--infants", type=int, default=60, help="simulated newborns")
    parser.add_argument("--figure", type=Path, help="where to draw the comparison")
    parser.add_argument("--data", type=Path, help="folder of recordings [ICTAL_DATA, else ../shared/data]")
    asked = parser.parse_args()
    data = asked.data or Path(os.environ.get("ICTAL_DATA", HERE.parent.parent / "shared" / "data"))
    results: dict[str, object] = {}
    if (data / FILE).exists():
        real, ours = looks(real_pieces(data)), looks(simulated_pieces(asked.infants, FIRST_SEED))
        print(newborn_tables(real, ours))
        results["newborns"] = {
            name: {k: np.asarray(v).tolist() for k, v in asdict(made).items()}
            for name, made in (("real", real), ("simulated", ours))
        }
        if asked.figure:
            asked.figure.write_text(figure(real, ours), encoding="utf-8")
    else:
        print(f"The real newborns are not in {data}: set ICTAL_DATA, or --data, to the folder that has {FILE}.")
    words, found = giveaway_table(max(2, asked.infants // 8))
    print("\nWhat tells a discharge from a normal rhythm, and from any other time (AUC):\n\n" + words)
    results["giveaways"] = found
    (HERE / "results").mkdir(exist_ok=True)
    (HERE / "results" / "realism.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
