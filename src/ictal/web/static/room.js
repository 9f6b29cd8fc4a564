// The path of a seizure played back on the head, with a line that walks through the chronogram. Keys: J and K walk the list.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  let timer = 0, playing = false;  // playing: somebody moves through the seizure, so that what comes later is faint

  function dress() {
    clearInterval(timer);
    timer = 0; playing = false;
    const article = document.querySelector("article.seizure[data-seizure]");
    if (!article || article.dataset.dressed) return;
    article.dataset.dressed = "yes";
    const seizure = JSON.parse(article.dataset.seizure);
    const head = article.querySelector("svg.head"), chart = article.querySelector("svg.chr");
    const range = article.querySelector(".pathtime"), said = article.querySelector(".pathsaid"), button = article.querySelector(".playpath");
    const glows = seizure.legs.map((leg) => {
      const ring = document.createElementNS(SVG, "circle");
      ring.setAttribute("class", `glow ${{ left: "sl", right: "sr", midline: "sm" }[leg.side]}`);
      ring.setAttribute("cx", leg.at[0]); ring.setAttribute("cy", leg.at[1]); ring.setAttribute("r", 22);
      ring.setAttribute("visibility", "hidden");
      head?.insertBefore(ring, head.querySelector(".nd"));
      return ring;
    });
    const lit = seizure.ictal.map(([x, y, side]) => {
      const disc = document.createElementNS(SVG, "circle");
      disc.setAttribute("class", `lit ${{ left: "sl", right: "sr", midline: "sm" }[side]}`);
      disc.setAttribute("cx", x); disc.setAttribute("cy", y); disc.setAttribute("r", 15);
      head?.insertBefore(disc, head.querySelector(".el, .cn, .nd"));
      return disc;
    });
    const arrows = [...(head?.querySelectorAll(".cn") ?? [])];  // one for each leg that came from another place
    const arrowLegs = seizure.legs.filter((leg) => leg.came_from !== null && seizure.legs[leg.came_from].electrode !== leg.electrode);
    const where = article.querySelector(".pathwhere");
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("class", "now");
    chart?.append(line);
    const plot = chart?.querySelector("rect.pl");
    const duration = seizure.stop_s - seizure.start_s;
    const margin = Math.max(2, 0.06 * duration);

    function show() {
      const t = Number(range.value);
      said.textContent = `${t.toFixed(1)} s`;
      seizure.legs.forEach((leg, k) => {
        const on = t >= leg.start_s - seizure.start_s && t < leg.stop_s - seizure.start_s;
        glows[k].setAttribute("visibility", on ? "visible" : "hidden");
      });
      const now = new Set(), sides = { left: 0, right: 0, midline: 0 };
      seizure.ictal.forEach(([x, y, side, start, stop], k) => {
        const on = t >= start && t < stop;
        lit[k].setAttribute("visibility", on ? "visible" : "hidden");
        if (on && !now.has(`${x} ${y}`)) { now.add(`${x} ${y}`); sides[side] += 1; }
      });
      arrows.forEach((arrow, k) => {
        const yet = !playing || !arrowLegs[k] || t >= arrowLegs[k].start_s - seizure.start_s;
        for (const part of [arrow, arrow.nextElementSibling?.matches(".ah") ? arrow.nextElementSibling : null]) part?.setAttribute("opacity", yet ? 1 : 0.15);
      });
      const here = seizure.legs.filter((leg) => t >= leg.start_s - seizure.start_s && t < leg.stop_s - seizure.start_s).map((leg) => leg.name);
      where.textContent = `${here.length ? `At ${here.join(" and ")}` : "Between two legs"}; ictal: ${sides.left} left, ${sides.midline} midline, ${sides.right} right`;
      if (!plot) return;
      const x = Number(plot.getAttribute("x")), width = Number(plot.getAttribute("width")), y = Number(plot.getAttribute("y")), height = Number(plot.getAttribute("height"));
      const before = Math.min(margin, seizure.start_s);
      const span = Number(article.dataset.span || before + duration + margin);
      line.setAttribute("d", `M${(x + (before + t) / span * width).toFixed(1)} ${y}v${height}`);
    }
    function halt() { clearInterval(timer); timer = 0; button.textContent = "▶"; button.setAttribute("aria-label", "Play the path"); }
    button.addEventListener("click", () => {
      if (timer) { halt(); return; }
      if (Number(range.value) >= duration - 0.05) range.value = 0;
      playing = true;
      const step = Math.max(0.1, duration / 120);
      button.textContent = "❚❚";
      button.setAttribute("aria-label", "Stop");
      timer = setInterval(() => {
        range.value = Number(range.value) + step;
        show();
        if (Number(range.value) >= Number(range.max)) halt();
      }, 80);
    });
    range.addEventListener("input", () => { playing = true; show(); });
    show();
    const current = document.querySelector(".seizures [aria-current]");
    const list = current?.closest(".seizures");  // the list alone is moved, never the page
    if (list) list.scrollTop += Math.min(0, current.getBoundingClientRect().top - list.getBoundingClientRect().top) + Math.max(0, current.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom);
  }

  document.addEventListener("DOMContentLoaded", dress);
  document.addEventListener("htmx:afterSettle", () => {
    dress();  // what had the focus may be gone or folded away: a keyboard goes on at the seizure, not at the top of the page
    if (document.activeElement === document.body) document.getElementById("h-s")?.focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest?.("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = [...document.querySelectorAll(".seizures a")];
    const at = Number(document.querySelector("article.seizure")?.dataset.number ?? 0);  // it need not fit the filters any more
    const after = () => all.find((a) => Number(a.dataset.number) > at), before = () => all.findLast((a) => Number(a.dataset.number) < at);
    const press = (kind) => document.querySelector(`.correct button[value="${kind}"]`)?.click();
    const keys = { j: () => after()?.click(), k: () => before()?.click(), a: () => press("accept"), r: () => press("reject"), u: () => document.querySelector("button.undo")?.click(), " ": () => document.querySelector(".playpath")?.click() };
    const action = keys[event.key.toLowerCase()];
    if (action && !(event.key === " " && event.target.closest?.("button, a, summary"))) { event.preventDefault(); action(); }
  });
})();
