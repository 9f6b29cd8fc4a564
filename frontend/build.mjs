// Copies the front-end packages that pages load into the Python package, with version, licence and SHA-256 of each.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const WANTED = [["htmx.org", "dist/htmx.min.js", "htmx.min.js"]];
const out = new URL("../src/ictal/web/static/vendor/", import.meta.url);
mkdirSync(out, { recursive: true });
const manifest = WANTED.map(([name, from, file]) => {
  const root = new URL(`./node_modules/${name}/`, import.meta.url);
  const { version, license } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
  const bytes = readFileSync(new URL(from, root));
  writeFileSync(new URL(file, out), bytes);
  return { file, package: name, version, license, sha256: createHash("sha256").update(bytes).digest("hex") };
});
writeFileSync(new URL("vendor.json", out), JSON.stringify(manifest, null, 2) + "\n");
