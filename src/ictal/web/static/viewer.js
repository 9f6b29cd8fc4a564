// The EEG viewer: what is shown, the keys, and the corrections that are made while reading.
"use strict";
(async () => {
  const box = document.getElementById("viewer");
  if (!box) return;
  const get = (id) => document.getElementById(id);
  const id = box.dataset.recording, status = get("v-status"), eeg = get("v-eeg"), cursor = get("v-cursor");
  const PAGES = [5, 10, 15, 20, 30, 60, 300, 1200, 3600, 14400, 86400], GAINS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 200];
  const base = new Tiles(id, {});
  let outline;
  try { outline = await base.json("outline"); } catch (error) { status.textContent = error.message; return; }
  const tiles = new Tiles(id, outline), traces = new Traces(eeg, outline), trends = new Trends(get("v-trends"), outline);
  const overviewRows = outline.montages.find((m) => m.name === outline.preferred).rows;
  const side = new Map(outline.montages.flatMap((m) => m.rows.flatMap((r) => (r.electrodes.length === 1 ? [[r.electrodes[0], r.side]] : []))));
  const marks = {
    seizures: [], discharges: [], burden: [], masks: {}, placeOf: new Map(outline.montages.flatMap((m) => m.rows.map((r) => [r.label, r.electrodes[0]]))),
    sideOf: (electrode) => side.get(electrode) || (/[13579]$/.test(electrode) ? "left" : /[2468]0?$/.test(electrode) ? "right" : "midline"),
    dischargesIn: (a, b) => marks.discharges.filter((d) => d[1] > a && d[0] < b),
  };
  const remembered = (() => { try { return JSON.parse(sessionStorage.getItem("viewer") || "{}"); } catch { return {}; } })();
  const state = { start: 0, page: 10, gain: 10, montage: outline.preferred, high: 0.5, low: 30, notch: 0, sides: false, marks: true, chosen: null };
  for (const name of ["page", "gain", "high", "low", "notch", "sides"]) if (name in remembered) state[name] = remembered[name];
  const longest = outline.levels.length ? outline.duration_s : 60;
  const pages = PAGES.filter((p) => p <= 60 || p < longest * 1.5);
  if (!pages.includes(state.page)) state.page = 10;

  const fill = (element, values, words) => element.replaceChildren(...values.map((v) => new Option(words(v), v)));
  fill(get("v-montage"), outline.montages.map((m) => m.name), (v) => v);
  fill(get("v-page"), pages, (v) => (v < 120 ? `${v} s` : v < 7200 ? `${v / 60} min` : `${v / 3600} h`));
  fill(get("v-gain"), GAINS, (v) => `${v} µV/mm`);
  fill(get("v-high"), outline.high_passes_hz, (v) => `${v} Hz`);
  fill(get("v-low"), outline.low_passes_hz, (v) => `${v} Hz`);
  fill(get("v-notch"), outline.notches_hz, (v) => (v ? `${v} Hz` : "off"));

  const far = () => state.page > 60;
  const rows = () => (far() ? overviewRows : outline.montages.find((m) => m.name === state.montage).rows);
  const how = () => ({ montage: state.montage, high: state.high, low: state.low, notch: state.notch });
  const latest = () => Math.max(0, outline.duration_s - state.page);
  let turn = 0, playing = 0, maskedFrom = -1, pointer = null;

  function show() {
    const mine = ++turn;
    state.start = Math.max(0, Math.min(latest(), state.start));
    get("v-montage").value = state.montage; get("v-page").value = state.page; get("v-gain").value = state.gain;
    get("v-high").value = state.high; get("v-low").value = state.low; get("v-notch").value = state.notch;
    get("v-sides").checked = state.sides; get("v-marks").checked = state.marks;
    for (const name of ["v-montage", "v-high", "v-low", "v-notch"]) get(name).disabled = far();
    const data = far() ? tiles.level(state.start, state.page, eeg.clientWidth) : tiles.page(how(), state.start, state.page);
    if (Array.isArray(data)) { finish({ tiles: data }); return Promise.resolve(); }
    return data.then((found) => { if (mine === turn) finish(far() ? { level: found } : { tiles: found }); }, (error) => { status.textContent = error.message; });
  }
  let current = null;
  function finish(data) {
    current = data;
    traces.draw(state, rows(), data, marks);
    trends.draw(state);
    tell();
    history.replaceState(null, "", `#t=${state.start.toFixed(1)}`);
    try { sessionStorage.setItem("viewer", JSON.stringify(state)); } catch { /* private window */ }
    if (!far()) { tiles.ahead(how(), state.start, state.page); masks(); }
  }
  async function masks() { // a page's surroundings, an hour at a time
    const hour = Math.floor(state.start / 1800) * 1800;
    if (!outline.analysed || hour === maskedFrom) return;
    maskedFrom = hour;
    try { marks.masks = await base.json(`masks?start_s=${hour}&seconds=3600`); redraw(); } catch { maskedFrom = -1; }
  }
  function redraw() { if (current) { traces.draw(state, rows(), current, marks); trends.draw(state); } }

  function tell(more) {
    const here = marks.seizures.filter((s) => s.start_s < state.start + state.page && s.stop_s > state.start);
    const when = `${traces.clock(state.start)} – ${traces.clock(Math.min(outline.duration_s, state.start + state.page))}`;
    const found = here.length ? ` · seizure ${here.slice(0, 3).map((s) => `${s.number} (${s.path.join("→") || "place not known"}, ${s.verdict})`).join("; ")}${here.length > 3 ? ` and ${here.length - 3} more` : ""}` : "";
    status.textContent = (more ? `${more} · ` : "") + when + (far() ? ` · overview, ${outline.preferred}` : ` · ${state.gain} µV/mm · ${traces.speed(state).toFixed(0)} mm/s`) + found;
  }
  function step(values, name, by) {
    const at = values.indexOf(state[name]);
    state[name] = values[Math.max(0, Math.min(values.length - 1, at + by))];
  }
  function round(values, name) { state[name] = values[(values.indexOf(state[name]) + 1) % values.length]; }
  function goTo(t) { state.start = t; return show(); }
  function zoom(by) { const middle = pointer?.time ?? state.start + state.page / 2, share = (middle - state.start) / state.page; step(pages, "page", by); return goTo(middle - share * state.page); }
  function seizure(by) {
    const from = state.start + Math.min(2, state.page / 4), live = marks.seizures.filter((s) => s.verdict !== "rejected");
    const target = by > 0 ? live.find((s) => s.start_s > from + 0.5) : [...live].reverse().find((s) => s.start_s < from - 0.5);
    if (!target) { tell(by > 0 ? "No later seizure" : "No earlier seizure"); return Promise.resolve(); }
    return goTo(target.start_s - Math.min(2, state.page / 4));
  }
  function play() {
    if (playing) { clearInterval(playing); playing = 0; return; }
    playing = setInterval(() => { if (state.start >= latest()) { play(); return; } state.start += state.page / 40; show(); }, 250);
  }

  // Corrections while reading: the seizure at the pointer, else the one whose onset is on the page.
  function aimed() {
    const t = pointer?.time, here = marks.seizures.filter((s) => s.start_s < state.start + state.page && s.stop_s > state.start);
    return here.find((s) => t !== undefined && t >= s.start_s && t < s.stop_s) || (here.length === 1 ? here[0] : null);
  }
  async function correct(kind, more = {}) {
    if (!outline.may_correct) { tell("Corrections take the role clinician"); return; }
    try {
      const said = await ictal.json("POST", `/api/recordings/${id}/corrections`, { kind, ...more });
      take(said);
      state.chosen = null;
      redraw();
      trends.paint();
      trends.draw(state);
      tell(`Kept: ${kind}`);
    } catch (error) { tell(error.message); }
  }
  function verdict(kind) { const s = aimed(); return s ? correct(kind, { seizures: [s.id] }) : tell("Point at one seizure first"); }
  function edge() {
    if (!state.chosen) { tell("Drag over the span first"); return Promise.resolve(); }
    const [a, b] = state.chosen, over = marks.seizures.filter((s) => s.verdict !== "rejected" && s.start_s < b && s.stop_s > a);
    if (over.length > 1) { tell("The span lies on several seizures: use the seizure room"); return Promise.resolve(); }
    return over.length ? correct("move", { seizures: [over[0].id], start_s: a, stop_s: b }) : correct("add", { start_s: a, stop_s: b });
  }
  function take(told) { marks.seizures = told.seizures.map((s, k) => ({ ...s, number: k + 1 })); marks.burden = told.burden; }

  const keys = {
    ArrowRight: (e) => goTo(state.start + (e.shiftKey ? 1 : state.page)), ArrowLeft: (e) => goTo(state.start - (e.shiftKey ? 1 : state.page)),
    PageDown: () => goTo(state.start + state.page), PageUp: () => goTo(state.start - state.page),
    ArrowUp: () => { step(GAINS, "gain", -1); redraw(); show(); }, ArrowDown: () => { step(GAINS, "gain", 1); redraw(); show(); },
    "[": () => zoom(-1), "]": () => zoom(1), Home: () => goTo(0), End: () => goTo(latest()),
    n: () => seizure(1), p: () => seizure(-1), " ": play, "?": () => get("v-keys").showModal(), g: () => { get("v-time").value = ""; get("v-goto").showModal(); },
    m: () => { round(outline.montages.map((m) => m.name), "montage"); show(); },
    h: () => { round(outline.high_passes_hz, "high"); show(); }, l: () => { round(outline.low_passes_hz, "low"); show(); }, o: () => { round(outline.notches_hz, "notch"); show(); },
    s: () => { state.sides = !state.sides; show(); }, b: () => { state.marks = !state.marks; show(); },
    a: () => verdict("accept"), r: () => verdict("reject"), e: edge, u: () => correct("undo"), Escape: () => { state.chosen = null; redraw(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input:not([type=checkbox]), dialog[open]")) return;
    if (event.target.closest?.("select") && ["ArrowUp", "ArrowDown", " "].includes(event.key)) return;
    if (event.target.closest?.("button, input, a") && [" ", "Enter"].includes(event.key)) return;
    const action = keys[event.key] || keys[event.key.toLowerCase()];
    if (action) { event.preventDefault(); action(event); }
  });
  const set = (element, name, number = true) => get(element).addEventListener("change", (event) => { state[name] = number ? Number(event.target.value) : event.target.value; show(); event.target.blur(); });
  set("v-montage", "montage", false); set("v-gain", "gain"); set("v-high", "high"); set("v-low", "low"); set("v-notch", "notch");
  get("v-page").addEventListener("change", (event) => { const middle = state.start + state.page / 2; state.page = Number(event.target.value); goTo(middle - state.page / 2); });
  get("v-sides").addEventListener("change", (event) => { state.sides = event.target.checked; show(); });
  get("v-marks").addEventListener("change", (event) => { state.marks = event.target.checked; show(); });
  get("v-back").addEventListener("click", () => goTo(state.start - state.page));
  get("v-on").addEventListener("click", () => goTo(state.start + state.page));
  get("v-next").addEventListener("click", () => seizure(1));
  get("v-prev").addEventListener("click", () => seizure(-1));
  get("v-help").addEventListener("click", () => get("v-keys").showModal());
  get("v-goto").addEventListener("close", () => {
    const parts = get("v-time").value.trim().split(":").map(Number);
    if (get("v-time").value.trim() && parts.every(Number.isFinite)) goTo(parts.reduce((sum, part) => 60 * sum + part, 0));
  });
  get("v-trends").addEventListener("click", (event) => goTo(trends.time(event.offsetX) - state.page / 2));
  get("v-trends").addEventListener("pointermove", (event) => { const t = trends.time(event.offsetX); tell(`at ${traces.clock(t)} ${trends.at(t)}`); });
  get("v-trends").addEventListener("pointerleave", () => tell());

  let dragged = null;
  eeg.addEventListener("pointerdown", (event) => { const at = traces.at(event.offsetX, event.offsetY); if (at) { dragged = state.start + at.share * state.page; state.chosen = null; eeg.setPointerCapture(event.pointerId); } });
  eeg.addEventListener("pointerup", () => { dragged = null; });
  eeg.addEventListener("pointerleave", () => { cursor.style.display = "none"; pointer = null; });
  eeg.addEventListener("pointermove", (event) => {
    const at = traces.at(event.offsetX, event.offsetY);
    if (!at) { cursor.style.display = "none"; return; }
    const time = state.start + at.share * state.page;
    pointer = { time };
    cursor.style.display = "block";
    cursor.style.left = `${event.offsetX}px`;
    if (dragged !== null && Math.abs(time - dragged) > state.page / 400) { state.chosen = [Math.max(0, Math.min(dragged, time)), Math.min(outline.duration_s, Math.max(dragged, time))].map((t) => Math.round(t * 100) / 100); redraw(); }
    tell(`${traces.clock(time)} ${rows()[at.row].label}${value(at.row, time)}${state.chosen ? ` · chosen ${state.chosen.map((t) => t.toFixed(2)).join(" – ")} s, E keeps it` : ""}`);
  });
  function value(row, time) {
    const found = current?.tiles?.find(([k]) => k === Math.floor(time / Tiles.SECONDS));
    if (!found) return "";
    const [k, tile] = found, number = tile.numbers[row * tile.count + Math.floor((time - k * Tiles.SECONDS) * tile.rate)];
    return number === undefined || number === outline.not_recorded ? "" : ` ${(number * outline.step_uv).toFixed(0)} µV`;
  }
  new ResizeObserver(() => { trends.paint(); if (current) show(); }).observe(box);
  document.addEventListener("themed", () => { traces.dress(); trends.colour = traces.colour; trends.hatch = traces.hatch; trends.paint(); redraw(); });

  const asked = /#t=([\d.]+)/.exec(location.hash);
  if (asked) state.start = Number(asked[1]) - Math.min(2, state.page / 4);
  trends.colour = null;
  await show();
  const firstPage_ms = performance.now();
  const [told, curves] = await Promise.all([base.json("events"), base.json("trends")]);
  take(told);
  marks.discharges = told.discharges;
  trends.set(curves, marks, traces.colour, traces.font, traces.hatch);
  redraw();
  tell();
  window.ictalViewer = { state, marks, outline, traces, trends, how, show, goTo, keys, firstPage_ms, ready: true };
})();
