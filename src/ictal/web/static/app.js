// Theme before the first paint, and the token of this browser's forms on what htmx sends.
"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const show = () => { root.toggleAttribute("data-dark", chosen() ? chosen() === "dark" : dark.matches); document.dispatchEvent(new Event("themed")); };
  show();
  dark.addEventListener("change", show);
  document.addEventListener("click", (event) => {
    if (event.target.id !== "theme") return;
    try { localStorage.setItem("theme", root.hasAttribute("data-dark") ? "light" : "dark"); } catch { /* private window */ }
    show();
  });
  document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-Form-Token"] = token(); });
  function token() { return document.querySelector('meta[name="form-token"]').content; }
  window.ictal = {
    token,
    async send(method, path, body, type) {
      const headers = { "X-Form-Token": token() };
      if (type) headers["Content-Type"] = type;
      const answer = await fetch(path, { method, headers, body, credentials: "same-origin" });
      let said = {};
      try { said = await answer.json(); } catch { /* no body */ }
      if (!answer.ok) throw Object.assign(new Error(said.error || `The server answered ${answer.status}.`), { status: answer.status });
      return said;
    },
    json(method, path, body) { return window.ictal.send(method, path, JSON.stringify(body), "application/json"); },
  };
})();
