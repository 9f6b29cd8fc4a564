// Samples of a recording, fetched in tiles of ten seconds and kept; zoomed out, pieces of the min/max pyramid.
"use strict";
class Tiles {
  constructor(id, outline) {
    this.id = id;
    this.outline = outline;
    this.kept = new Map();
  }
  static SECONDS = 10;
  static MOST = 400;

  key(how, k) { return `${how.montage}|${how.high}|${how.low}|${how.notch}|${k}`; }

  have(how, k) { const found = this.kept.get(this.key(how, k)); return found && found.numbers ? found : null; }

  get(how, k, priority = "auto") {
    const key = this.key(how, k);
    const found = this.kept.get(key);
    if (found) { this.kept.delete(key); this.kept.set(key, found); return found.promise; }
    const query = new URLSearchParams({ montage: how.montage, start_s: k * Tiles.SECONDS, seconds: Tiles.SECONDS, high_pass_hz: how.high, low_pass_hz: how.low, notch_hz: how.notch });
    const entry = {};
    entry.promise = this.fetch(`tile?${query}`, priority).then(({ numbers, head }) => {
      entry.numbers = numbers;
      entry.rate = Number(head.get("x-rate-hz"));
      entry.rows = Number(head.get("x-rows"));
      entry.count = numbers.length / entry.rows;
      return entry;
    });
    entry.promise.catch(() => this.kept.delete(key));
    this.kept.set(key, entry);
    while (this.kept.size > Tiles.MOST) this.kept.delete(this.kept.keys().next().value);
    return entry.promise;
  }

  span(start, seconds) {
    const last = Math.max(0, Math.ceil(this.outline.duration_s / Tiles.SECONDS) - 1);
    const first = Math.max(0, Math.floor(start / Tiles.SECONDS));
    const found = [];
    for (let k = first; k <= Math.min(last, Math.ceil((start + seconds) / Tiles.SECONDS - 1e-9) - 1); k++) found.push(k);
    return found;
  }

  page(how, start, seconds) {
    const wanted = this.span(start, seconds);
    const here = wanted.map((k) => this.have(how, k));
    if (here.every(Boolean)) return wanted.map((k, i) => [k, here[i]]);
    return Promise.all(wanted.map((k) => this.get(how, k, "high"))).then((tiles) => wanted.map((k, i) => [k, tiles[i]]));
  }

  ahead(how, start, seconds) {
    for (const at of [start + seconds, start - seconds, start + 2 * seconds]) for (const k of this.span(at, seconds)) this.get(how, k, "low").catch(() => {});
  }

  async level(start, seconds, pixels) {
    const levels = this.outline.levels;
    let k = 0;
    while (k + 1 < levels.length && seconds / levels[k + 1].bin_s > 1.2 * pixels) k++;
    const bin = levels[k].bin_s;
    const first = Math.max(0, Math.floor(start / bin));
    const count = Math.min(levels[k].bins - first, Math.ceil(seconds / bin) + 1);
    const { numbers, head } = await this.fetch(`level/${k}?first=${first}&count=${Math.max(1, Math.min(count, 20000))}`, "high");
    return { numbers, first, bin, rows: Number(head.get("x-rows")), bins: Number(head.get("x-bins")) };
  }

  async fetch(what, priority) {
    const answer = await fetch(`/api/recordings/${this.id}/${what}`, { credentials: "same-origin", priority });
    if (answer.status === 401) { location.reload(); }
    if (!answer.ok) throw new Error((await answer.json()).error);
    return { numbers: new Int16Array(await answer.arrayBuffer()), head: answer.headers };
  }

  async json(what) {
    const answer = await fetch(`/api/recordings/${this.id}/${what}`, { credentials: "same-origin" });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.error);
    return said;
  }
}
