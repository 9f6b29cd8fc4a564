// A file goes up in pieces; after a lost connection it goes on where the server says it is.
"use strict";
(() => {
  const PIECE = 4 << 20;
  const form = document.getElementById("upload");
  if (!form) return;
  const get = (id) => document.getElementById(id);
  const said = get("up-said"), bar = get("up-bar"), box = get("uploading"), drop = get("drop");
  let stop = false;

  const key = (file, label) => `upload:${file.name}:${file.size}:${file.lastModified}:${label}`;
  async function digest(text) {  // what is remembered in the browser does not say the file's name
    const hash = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(text));
    return hash ? "upload-" + Array.from(new Uint8Array(hash).slice(0, 12), (b) => b.toString(16).padStart(2, "0")).join("") : null;
  }
  function tell(text, share) { said.textContent = text; if (share !== undefined) bar.value = share; }

  async function begin(file, label, infant, age, remembered) {
    const known = remembered && localStorage.getItem(remembered);
    if (known) {
      try { return { id: known, there: (await ictal.send("GET", `/api/uploads/${known}`)).there }; } catch { localStorage.removeItem(remembered); }
    }
    const suffix = file.name.slice(file.name.lastIndexOf("."));
    const made = await ictal.json("POST", "/api/uploads", { name: `recording${suffix}`, bytes: file.size, label, infant, age_days: age === "" ? null : Number(age) });
    if (remembered) localStorage.setItem(remembered, made.id);
    return made;
  }

  async function send(file, label, infant, age) {
    stop = false;
    box.hidden = false;
    form.querySelector("button").disabled = true;
    const remembered = await digest(key(file, label));
    const upload = await begin(file, label, infant, age, remembered);
    let at = upload.there, tries = 0;
    while (at < file.size) {
      if (stop) { await ictal.send("DELETE", `/api/uploads/${upload.id}`); if (remembered) localStorage.removeItem(remembered); throw new Error("Stopped."); }
      tell(`${Math.floor(100 * at / file.size)} % of ${(file.size / 1e6).toFixed(0)} MB`, at / file.size);
      try {
        at = (await ictal.send("PUT", `/api/uploads/${upload.id}?at=${at}`, file.slice(at, at + PIECE), "application/octet-stream")).there;
        tries = 0;
      } catch (error) {
        if (error.status && error.status < 500 && error.status !== 400) throw error;
        if (++tries > 20) throw error;
        tell("The connection was lost; trying again", at / file.size);
        await new Promise((go) => setTimeout(go, Math.min(15000, 500 * 2 ** tries)));
        try { at = (await ictal.send("GET", `/api/uploads/${upload.id}`)).there; } catch { /* still away */ }
      }
    }
    tell("Finishing", 1);
    const done = await ictal.send("POST", `/api/uploads/${upload.id}`);
    if (remembered) localStorage.removeItem(remembered);
    location.href = `/recordings/${done.recording}`;
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const file = get("file").files[0];
    if (!file) { box.hidden = false; tell("Choose a file first, or drop one here.", 0); get("file").focus(); return; }
    try { await send(file, get("label").value, get("infant").value, get("age").value); } catch (error) { tell(error.message); }
    form.querySelector("button").disabled = false;
  });
  get("up-stop").addEventListener("click", () => { stop = true; });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      get("file").files = event.dataTransfer.files;
      get("label").focus();
    });
  }
})();
