// A file that is dropped anywhere on the page is put into its form, which is sent when nothing else has to be said.
"use strict";
(() => {
  const form = document.querySelector("#drop form");
  if (!form) return;
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      event.preventDefault();
      form.parentElement.classList.toggle("over", kind === "dragover");
      if (kind !== "drop" || !event.dataTransfer.files.length) return;
      form.querySelector("input[type=file]").files = event.dataTransfer.files;
      form.querySelector("button").focus();
    });
  }
  form.addEventListener("submit", () => { form.querySelector("button").textContent = "Being read"; });
})();
