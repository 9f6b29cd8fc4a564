// Draws a page of EEG on a canvas: bands below, traces above. Nothing here knows where samples come from.
"use strict";
const PX_PER_MM = 96 / 25.4;

class Traces {
  constructor(canvas, outline) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.outline = outline;
    this.dress();
  }

  static FAR = 5; // how much smaller traces are drawn when more than a minute is shown

  dress() {
    const style = getComputedStyle(document.documentElement);
    const get = (name) => style.getPropertyValue(name).trim();
    this.colour = { paper: get("--paper"), ink: get("--ink"), dim: get("--dim"), grid: get("--grid"), rule: get("--rule"), hatch: get("--hatch"), left: get("--left"), right: get("--right"), midline: get("--mid"), accent: get("--accent"), bad: get("--bad") };
    this.font = `12px ${get("--sans")}`;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 8;
    const c = tile.getContext("2d");
    c.strokeStyle = this.colour.hatch;
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(-2, 6); c.lineTo(6, -2); c.moveTo(2, 10); c.lineTo(10, 2);
    c.stroke();
    this.hatch = this.context.createPattern(tile, "repeat");
  }

  fit() {
    const box = this.canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    const width = Math.round(box.width * ratio), height = Math.round(box.height * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) { this.canvas.width = width; this.canvas.height = height; }
    this.width = box.width; this.height = box.height;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  // Where rows and seconds are on the canvas: one panel, or the two hemispheres beside each other.
  panels(state, rows) {
    const gutter = 84, top = 20, bottom = 22, right = 14;
    const all = rows.map((row, k) => k);
    const groups = state.sides ? this.mirrored(rows) : [all];
    const width = this.width / groups.length;
    return groups.map((members, g) => {
      const left = g * width + gutter, height = (this.height - top - bottom) / Math.max(1, members.length);
      const middle = new Map(members.map((k, i) => [k, top + (i + 0.5) * height]));
      return { left, width: width - gutter - right, top, bottom: this.height - bottom, row: height, middle, members, x: (t) => left + (t - state.start) / state.page * (width - gutter - right) };
    });
  }

  // The rows of each hemisphere, with what lies opposite each other at the same height; the midline below both.
  mirrored(rows) {
    const opposite = (name) => name.replace(/\d+$/, (n) => (n % 2 ? Number(n) + 1 : n - 1));
    const of = (side) => rows.map((row, k) => k).filter((k) => rows[k].side === side);
    const key = (k) => rows[k].electrodes.join(" "), left = of("left"), right = of("right"), midline = of("midline");
    const twins = left.map((k) => right.find((r) => key(r) === rows[k].electrodes.map(opposite).join(" ")));
    const found = twins.filter((k) => k !== undefined), lone = right.filter((k) => !found.includes(k));
    const paired = left.filter((k, i) => twins[i] !== undefined), rest = left.filter((k, i) => twins[i] === undefined);
    return [[...paired, ...rest, ...midline], [...found, ...lone, ...midline]];
  }

  draw(state, rows, data, marks) {
    this.fit();
    const c = this.context;
    c.fillStyle = this.colour.paper;
    c.fillRect(0, 0, this.width, this.height);
    c.font = this.font;
    this.drawn = this.panels(state, rows);
    for (const panel of this.drawn) {
      c.save();
      c.beginPath();
      c.rect(panel.left, 0, panel.width, this.height);
      c.clip();
      this.grid(panel, state);
      if (state.marks) this.bands(panel, state, rows, marks);
      this.gaps(panel, state);
      c.restore();
      this.labels(panel, state, rows);
      c.save();
      c.beginPath();
      c.rect(panel.left, panel.top - 18, panel.width, panel.bottom - panel.top + 22);
      c.clip();
      c.strokeStyle = this.colour.ink;
      c.lineWidth = 1;
      c.lineJoin = "round";
      if (data.tiles) this.samples(panel, state, data.tiles); else this.envelope(panel, state, data.level);
      if (state.marks) this.edges(panel, state, marks);
      if (state.chosen) this.chosen(panel, state.chosen);
      c.restore();
      this.calibration(panel, state);
      if (this.outline.simulated) { c.fillStyle = this.colour.bad; c.textAlign = "left"; c.font = `bold 10px ${this.font.slice(5)}`; c.fillText("SIMULATED", panel.left - 78, panel.bottom + 15); c.font = this.font; }
    }
  }

  grid(panel, state) {
    const c = this.context;
    const step = [1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21600].find((s) => panel.width / (state.page / s) >= 26) || 43200;
    const label = [1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21600].find((s) => panel.width / (state.page / s) >= 76) || 43200;
    const stop = Math.min(state.start + state.page, this.outline.duration_s);
    const offset = this.outline.start ? (Date.parse(this.outline.start + "Z") / 1000) % 1 : 0;
    c.strokeStyle = this.colour.grid;
    c.lineWidth = 1;
    c.beginPath();
    for (let t = Math.ceil(state.start / step) * step; t <= stop; t += step) { const x = Math.round(panel.x(t)) + 0.5; c.moveTo(x, panel.top - 4); c.lineTo(x, panel.bottom); }
    c.stroke();
    c.fillStyle = this.colour.dim;
    c.textAlign = "center";
    for (let t = Math.ceil(state.start / label) * label; t <= stop; t += label) c.fillText(this.clock(t - offset), Math.min(panel.left + panel.width - 26, Math.max(panel.left + 26, panel.x(t))), panel.bottom + 16);
  }

  clock(t) {
    if (this.outline.start) return new Date(Date.parse(this.outline.start + "Z") + t * 1000).toISOString().slice(11, 19);
    const s = Math.floor(t + 1e-6);
    return `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, "0")}:${String(s % 60).padStart(2, "0")}`;
  }

  labels(panel, state, rows) {
    const c = this.context;
    c.textAlign = "right";
    c.font = panel.row < 13 ? `10px ${this.font.slice(5)}` : this.font;
    for (const k of panel.members) { c.fillStyle = this.colour[rows[k].side]; c.fillText(rows[k].label, panel.left - 8, panel.middle.get(k) + 4, 74); }
    c.font = this.font;
    c.strokeStyle = this.colour.rule;
    c.lineWidth = 1;
    c.beginPath();
    panel.members.forEach((k, i) => {
      if (i && rows[k].side !== rows[panel.members[i - 1]].side) { const y = Math.round(panel.top + i * panel.row) + 0.5; c.moveTo(panel.left - 78, y); c.lineTo(panel.left + panel.width, y); }
    });
    c.stroke();
  }

  bands(panel, state, rows, marks) {
    const c = this.context, stop = state.start + state.page;
    const on = (k, electrode) => rows[k].electrodes.includes(electrode);
    for (const s of marks.seizures) {
      if (s.stop_s <= state.start || s.start_s >= stop || s.verdict === "rejected") continue;
      const x1 = panel.x(s.start_s), x2 = panel.x(s.stop_s);
      c.globalAlpha = 0.05;
      c.fillStyle = this.colour.ink;
      c.fillRect(x1, panel.top, x2 - x1, panel.bottom - panel.top);
      c.globalAlpha = 0.17;
      for (const leg of s.legs) {
        c.fillStyle = this.colour[leg.side];
        const places = new Set([leg.electrode, ...leg.channels.map((label) => marks.placeOf.get(label)).filter(Boolean)]);
        for (const k of panel.members) {
          if (![...places].some((e) => on(k, e))) continue;
          c.fillRect(panel.x(leg.start_s), panel.middle.get(k) - panel.row / 2, panel.x(leg.stop_s) - panel.x(leg.start_s), panel.row);
        }
      }
      c.globalAlpha = 1;
    }
    c.globalAlpha = 0.8;
    if (state.page <= 600) for (const d of marks.dischargesIn(state.start, stop)) {
      c.fillStyle = this.colour[marks.sideOf(d[3])];
      for (const k of panel.members) if (on(k, d[3])) c.fillRect(panel.x(d[0]), panel.middle.get(k) + panel.row / 2 - 2.5, Math.max(1, panel.x(d[1]) - panel.x(d[0])), 2);
    }
    c.globalAlpha = 0.4;
    c.fillStyle = this.hatch;
    for (const [electrode, spans] of Object.entries(marks.masks)) {
      for (const k of panel.members) if (on(k, electrode)) for (const [a, b] of spans) if (b > state.start && a < stop) c.fillRect(panel.x(a), panel.middle.get(k) - panel.row / 2, panel.x(b) - panel.x(a), panel.row);
    }
    c.globalAlpha = 1;
  }

  gaps(panel, state) {
    const c = this.context, segments = this.outline.segments, stop = state.start + state.page;
    const holes = segments.slice(1).map((s, i) => [segments[i][1], s[0]]);
    holes.push([this.outline.duration_s, Infinity], [-Infinity, 0]);
    for (const [a, b] of holes) {
      if (b <= state.start || a >= stop || b - a < 1e-6) continue;
      const x1 = Math.max(panel.left, panel.x(Math.max(a, state.start))), x2 = Math.min(panel.left + panel.width, panel.x(Math.min(b, stop)));
      c.globalAlpha = 0.75;
      c.fillStyle = this.hatch;
      c.fillRect(x1, panel.top, x2 - x1, panel.bottom - panel.top);
      c.globalAlpha = 1;
      if (x2 - x1 > 70) { c.fillStyle = this.colour.dim; c.textAlign = "center"; c.fillText(Number.isFinite(b) && Number.isFinite(a) ? `gap of ${this.span(b - a)}` : "not recorded", (x1 + x2) / 2, panel.top - 6); }
    }
  }

  span(s) { return s < 90 ? `${s.toFixed(1)} s` : s < 5400 ? `${(s / 60).toFixed(1)} min` : `${(s / 3600).toFixed(1)} h`; }

  samples(panel, state, tiles) {
    const c = this.context, scale = this.outline.step_uv / state.gain * PX_PER_MM, nothing = this.outline.not_recorded;
    const perSecond = panel.width / state.page, reach = Math.max(90, 3 * panel.row);
    for (const k of panel.members) {
      const y = panel.middle.get(k);
      c.beginPath();
      let down = false;
      for (const [number, tile] of tiles) {
        const base = k * tile.count, t0 = number * Tiles.SECONDS - state.start;
        const first = Math.max(0, Math.floor(-t0 * tile.rate) - 1), last = Math.min(tile.count, Math.ceil((state.page - t0) * tile.rate) + 1);
        const dx = perSecond / tile.rate, per = Math.max(1, Math.floor(0.5 / dx * 2));
        let x = panel.left + (t0 + first / tile.rate) * perSecond;
        for (let i = first; i < last; i += per) {
          let low = tile.numbers[base + i], high = low;
          if (per > 1) for (let j = i + 1; j < i + per && j < last; j++) { const v = tile.numbers[base + j]; if (v < low) low = v; else if (v > high) high = v; }
          if (low === nothing) { down = false; x += dx * per; continue; }
          const y1 = y - Math.max(-reach, Math.min(reach, high * scale)), y2 = y - Math.max(-reach, Math.min(reach, low * scale));
          if (down) c.lineTo(x, y1); else c.moveTo(x, y1);
          if (y2 !== y1) c.lineTo(x, y2);
          down = true;
          x += dx * per;
        }
      }
      c.stroke();
    }
  }

  envelope(panel, state, level) {
    const c = this.context, scale = this.outline.step_uv / (Traces.FAR * state.gain) * PX_PER_MM, nothing = this.outline.not_recorded;
    const dx = level.bin * panel.width / state.page, reach = 0.47 * panel.row; // rows of an overview never overlap
    c.globalAlpha = 0.8;
    const clip = (v) => Math.max(-reach, Math.min(reach, v * scale));
    for (const k of panel.members) {
      const y = panel.middle.get(k);
      c.beginPath();
      let x = panel.x(level.first * level.bin), down = false;
      for (let i = 0; i < level.bins; i++, x += dx) {
        const at = 2 * (k * level.bins + i), low = level.numbers[at];
        if (low === nothing) { down = false; continue; }
        if (down) c.lineTo(x, y - clip(level.numbers[at + 1])); else c.moveTo(x, y - clip(level.numbers[at + 1]));
        c.lineTo(x, y - clip(low));
        down = true;
      }
      c.stroke();
    }
    c.globalAlpha = 1;
  }

  edges(panel, state, marks) {
    const c = this.context, stop = state.start + state.page;
    c.setLineDash([5, 4]);
    let taken = -Infinity;
    for (const s of marks.seizures) {
      if (s.stop_s <= state.start || s.start_s >= stop) continue;
      const rejected = s.verdict === "rejected", x = panel.x(s.start_s);
      c.strokeStyle = rejected ? this.colour.dim : this.colour.ink;
      c.globalAlpha = rejected ? 0.4 : 0.8;
      c.beginPath();
      for (const t of [s.start_s, s.stop_s]) { c.moveTo(panel.x(t), panel.top - 4); c.lineTo(panel.x(t), panel.bottom); }
      c.stroke();
      c.globalAlpha = 1;
      c.fillStyle = rejected ? this.colour.dim : this.colour.ink;
      c.textAlign = "left";
      const words = `${s.number} ${s.pattern}${{ accepted: " ✓", rejected: " ✕ rejected", open: "" }[s.verdict]}`;
      const at = Math.max(panel.left + 4, x + 4);
      if (at > taken) { this.write(words, at, panel.top - 7); taken = at + c.measureText(words).width + 8; }
    }
    c.setLineDash([]);
    c.fillStyle = this.colour.dim;
    c.textAlign = "left";
    if (state.page <= 120) for (const [onset, , text] of this.outline.annotations) if (onset >= state.start && onset < stop) { const x = panel.x(onset); c.fillRect(x, panel.bottom - 8, 1, 8); this.write(text.slice(0, 40), x + 3, panel.bottom - 3); }
  }

  write(words, x, y) { // with a rim of paper, legible over traces
    const c = this.context, dash = c.getLineDash();
    c.setLineDash([]);
    c.strokeStyle = this.colour.paper;
    c.lineWidth = 4;
    c.strokeText(words, x, y);
    c.fillText(words, x, y);
    c.lineWidth = 1;
    c.setLineDash(dash);
  }

  chosen(panel, [a, b]) {
    const c = this.context;
    c.globalAlpha = 0.16;
    c.fillStyle = this.colour.accent;
    c.fillRect(panel.x(a), panel.top, panel.x(b) - panel.x(a), panel.bottom - panel.top);
    c.globalAlpha = 1;
  }

  calibration(panel, state) {
    const c = this.context;
    const gain = state.page > 60 ? Traces.FAR * state.gain : state.gain;
    const uv = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((v) => v / gain * PX_PER_MM >= 22) || 5000;
    const height = uv / gain * PX_PER_MM, second = [1, 10, 60, 600, 3600].find((s) => s * panel.width / state.page >= 24) || 3600, width = second * panel.width / state.page;
    const words = `${uv} µV · ${second < 60 ? `${second} s` : second < 3600 ? `${second / 60} min` : "1 h"}`;
    const box = Math.max(width, c.measureText(words).width) + 14, x = panel.left + panel.width - box, y = panel.bottom - 20;
    c.textAlign = "left";
    for (const [colour, wide] of [[this.colour.paper, 6], [this.colour.ink, 2]]) { // a rim of paper, so that no trace is hidden by a box
      c.strokeStyle = colour;
      c.lineWidth = wide;
      c.beginPath();
      c.moveTo(x, y - height); c.lineTo(x, y); c.lineTo(x + width, y);
      c.stroke();
    }
    c.fillStyle = this.colour.ink;
    this.write(words, x, y + 15);
  }

  speed(state) { return this.drawn ? this.drawn[0].width / state.page / PX_PER_MM : 0; } // millimetres a second, at 96 dots an inch

  at(x, y) { // the time and the row under a point
    const panel = this.drawn?.find((p) => x >= p.left && x <= p.left + p.width);
    if (!panel) return null;
    const row = panel.members.reduce((best, k) => (Math.abs(panel.middle.get(k) - y) < Math.abs(panel.middle.get(best) - y) ? k : best), panel.members[0]);
    return { panel, row, share: (x - panel.left) / panel.width };
  }
}
