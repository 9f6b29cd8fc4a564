// The whole recording above the page: seizures, burden, ictal rhythm, amplitude, spectrum of each hemisphere, asymmetry.
"use strict";
class Trends {
  constructor(canvas, outline) {
    this.canvas = canvas;
    this.outline = outline;
    this.context = canvas.getContext("2d", { alpha: false });
    this.still = document.createElement("canvas");
  }
  static GUTTER = 84;
  static RIGHT = 14;
  static CIVIDIS = [[0, 32, 76], [44, 62, 107], [88, 95, 109], [125, 124, 120], [166, 157, 117], [212, 193, 95], [255, 234, 70]];

  set(trends, marks, colour, font, hatch) {
    Object.assign(this, { trends, marks, colour, font, hatch });
    if (trends.columns) { const text = atob(trends.power); this.power = Uint8Array.from(text, (ch) => ch.charCodeAt(0)); }
    this.paint();
  }

  x(t) { return Trends.GUTTER + t / this.outline.duration_s * (this.width - Trends.GUTTER - Trends.RIGHT); }
  time(x) { return Math.max(0, Math.min(this.outline.duration_s, (x - Trends.GUTTER) / (this.width - Trends.GUTTER - Trends.RIGHT) * this.outline.duration_s)); }

  paint() {
    if (!this.colour) return;
    const box = this.canvas.getBoundingClientRect(), ratio = window.devicePixelRatio || 1;
    this.width = box.width; this.height = box.height;
    for (const one of [this.canvas, this.still]) { one.width = Math.round(box.width * ratio); one.height = Math.round(box.height * ratio); }
    const c = this.still.getContext("2d", { alpha: false });
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.fillStyle = this.colour.paper;
    c.fillRect(0, 0, this.width, this.height);
    c.font = `11px ${this.font.slice(5)}`;
    const shares = [["seizures", 0.1], ["burden", 0.12], ["rhythm ≤ 13 Hz", 0.14], ["aEEG µV", 0.22], ["left 0–16 Hz", 0.16], ["right 0–16 Hz", 0.16], ["R − L %", 0.1]];
    let top = 2;
    const usable = this.height - 4;
    for (const [name, share] of shares) {
      const height = share * usable;
      c.fillStyle = name.startsWith("left") ? this.colour.left : name.startsWith("right") ? this.colour.right : this.colour.dim;
      c.textAlign = "right";
      c.fillText(name, Trends.GUTTER - 6, top + height / 2 + 4, Trends.GUTTER - 8);
      this.lane(c, name, top, height - 2);
      top += height;
    }
    this.gaps(c);
    if (!this.trends.columns) { c.fillStyle = this.colour.dim; c.textAlign = "left"; c.fillText("Trends are shown when the overview is made.", Trends.GUTTER + 8, this.height / 2); }
  }

  gaps(c) {
    const segments = this.outline.segments;
    c.globalAlpha = 0.75;
    c.fillStyle = this.hatch;
    segments.slice(1).forEach((s, i) => { const x = this.x(segments[i][1]); c.fillRect(x, 0, Math.max(1, this.x(s[0]) - x), this.height); });
    c.globalAlpha = 1;
  }

  // What the trends say at a time, in words.
  at(t) {
    const said = [], hour = this.marks.burden.find(([a, b]) => t >= a && t < b);
    if (hour) said.push(hour[2] === null ? "burden: nothing could be read" : `burden ${hour[2].toFixed(1)} min/h`);
    const k = this.trends.columns ? Math.floor(t / this.trends.column_s) : -1;
    ["left", "right"].forEach((side, s) => {
      const found = k >= 0 ? this.trends.amplitude_uv[s].map((row) => row[k]) : [null];
      if (typeof found[0] === "number") said.push(`aEEG ${side} ${found[0].toFixed(0)}–${found[1].toFixed(0)} µV`);
    });
    if (k >= 0 && typeof this.trends.asymmetry[k] === "number") said.push(`R − L ${(100 * this.trends.asymmetry[k]).toFixed(0).replace("-", "−")} %`);
    return said.join(" · ");
  }

  burden(c, top, height) { // seizure minutes per readable hour: to the top of the lane at the worst hour, 10 at least
    const most = Math.max(10, ...this.marks.burden.map((b) => b[2] ?? 0));
    for (const [a, b, value] of this.marks.burden) {
      if (value === null) continue;
      const tall = value / most * (height - 2);
      c.fillStyle = this.colour.rule;
      c.fillRect(this.x(a), top + height - 1 - tall, Math.max(1, this.x(b) - this.x(a) - 0.5), tall);
    }
    c.textAlign = "left";
    c.font = `9px ${this.font.slice(5)}`;
    c.fillStyle = this.colour.ink;
    c.fillText(`0–${most.toFixed(0)} min/h`, Trends.GUTTER + 3, top + 9);
    c.font = `11px ${this.font.slice(5)}`;
  }

  lane(c, name, top, height) {
    c.strokeStyle = this.colour.grid;
    c.strokeRect(Trends.GUTTER - 0.5, Math.round(top) + 0.5, this.width - Trends.GUTTER - Trends.RIGHT, Math.round(height) - 1);
    if (name === "seizures") {
      for (const s of this.marks.seizures) {
        const side = s.legs.length ? s.legs[0].side : "midline";
        c.fillStyle = s.verdict === "rejected" ? this.colour.grid : this.colour[side];
        c.fillRect(this.x(s.start_s), top + 1, Math.max(2, this.x(s.stop_s) - this.x(s.start_s)), height - 2);
      }
    } else if (name === "burden") { this.burden(c, top, height);
    } else if (name.startsWith("rhythm")) {
      for (const s of this.marks.discharges) {
        if (s[4] === null) continue;
        c.fillStyle = this.colour[this.marks.sideOf(s[3])];
        c.fillRect(this.x(s[0]), top + height - 2 - Math.min(13, s[4]) / 13 * (height - 4), Math.max(1.5, this.x(s[1]) - this.x(s[0])), 1.5);
      }
    } else if (!this.trends.columns) { return;
    } else if (name.startsWith("aEEG")) { this.amplitude(c, top, height);
    } else if (name.startsWith("left") || name.startsWith("right")) { this.spectrum(c, name.startsWith("left") ? 0 : 1, top, height);
    } else {
      c.strokeStyle = this.colour.dim;
      c.beginPath();
      c.moveTo(Trends.GUTTER, top + height / 2); c.lineTo(this.width - Trends.RIGHT, top + height / 2);
      c.stroke();
      this.trends.asymmetry.forEach((v, k) => {
        if (v === null) return;
        const x = this.x(k * this.trends.column_s), wide = Math.max(1, this.x((k + 1) * this.trends.column_s) - x);
        c.fillStyle = v > 0 ? this.colour.right : this.colour.left;
        c.fillRect(x, top + height / 2 - Math.max(0, v) * height / 2, wide, Math.abs(v) * height / 2);
      });
    }
  }

  amplitude(c, top, height) { // linear to 10 microvolts, logarithmic to 200, as aEEG is drawn
    const y = (uv) => top + height - (uv <= 10 ? uv / 10 * 0.4 : 0.4 + 0.6 * Math.min(1, Math.log10(uv / 10) / Math.log10(20))) * height;
    c.strokeStyle = this.colour.grid;
    c.beginPath();
    for (const uv of [5, 10, 25, 50, 100]) { c.moveTo(Trends.GUTTER, y(uv)); c.lineTo(this.width - Trends.RIGHT, y(uv)); }
    c.stroke();
    ["left", "right"].forEach((side, s) => {
      const [low, high] = this.trends.amplitude_uv[s];
      c.fillStyle = this.colour[side];
      c.globalAlpha = 0.45;
      low.forEach((v, k) => {
        if (v === null) return;
        const x = this.x(k * this.trends.column_s), wide = Math.max(1, this.x((k + 1) * this.trends.column_s) - x);
        c.fillRect(x, y(high[k]), wide, Math.max(1, y(v) - y(high[k])));
      });
      c.globalAlpha = 1;
    });
  }

  spectrum(c, side, top, height) {
    const { columns, bins } = this.trends, image = new ImageData(columns, bins), stops = Trends.CIVIDIS;
    for (let b = 0; b < bins; b++) for (let k = 0; k < columns; k++) {
      const v = this.power[(side * bins + b) * columns + k], at = 4 * ((bins - 1 - b) * columns + k);
      if (!v) continue;
      const p = (v - 1) / 254 * (stops.length - 1), i = Math.min(stops.length - 2, Math.floor(p)), f = p - i;
      for (let n = 0; n < 3; n++) image.data[at + n] = stops[i][n] + f * (stops[i + 1][n] - stops[i][n]);
      image.data[at + 3] = 255;
    }
    const small = document.createElement("canvas");
    small.width = columns; small.height = bins;
    small.getContext("2d").putImageData(image, 0, 0);
    c.imageSmoothingEnabled = false;
    c.drawImage(small, Trends.GUTTER, top + 1, this.x(columns * this.trends.column_s) - Trends.GUTTER, height - 2);
  }

  draw(state) {
    if (!this.colour) return;
    const c = this.context, ratio = window.devicePixelRatio || 1;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.drawImage(this.still, 0, 0);
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    const x1 = this.x(state.start), x2 = Math.max(x1 + 3, this.x(Math.min(this.outline.duration_s, state.start + state.page)));
    c.globalAlpha = 0.14;
    c.fillStyle = this.colour.accent;
    c.fillRect(x1, 0, x2 - x1, this.height);
    c.globalAlpha = 1;
    c.strokeStyle = this.colour.accent;
    c.lineWidth = 2;
    c.strokeRect(x1, 1, x2 - x1, this.height - 2);
  }
}
