"""What the pages load comes with the package: packages of others as npm gave them, and nothing from elsewhere."""

from __future__ import annotations

import hashlib
import json
import re

from ictal.web.pages import HERE, STATIC


def test_vendored_files_are_those_that_npm_gave(root):
    told = json.loads((STATIC / "vendor" / "vendor.json").read_text())
    locked = json.loads((root / "frontend" / "package-lock.json").read_text())["packages"]
    for entry in told:
        assert hashlib.sha256((STATIC / "vendor" / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        assert locked[f"node_modules/{entry['package']}"]["version"] == entry["version"]
        assert entry["license"]
    files = {p.name for p in (STATIC / "vendor").iterdir()} - {"vendor.json"}
    assert files == {entry["file"] for entry in told}


def test_no_page_loads_anything_from_elsewhere_or_has_code_of_its_own():
    for template in (HERE / "templates").glob("*.html"):
        text = template.read_text()
        assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", text), template.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), f"{template.name}: a script inside the page"
        assert not re.search(r"\s(style|on\w+)=", text), f"{template.name}: a style or handler inside the page"
    for script in STATIC.glob("*.js"):
        assert "http://" not in script.read_text().replace("http://www.w3.org/2000/svg", ""), script.name
        assert "https://" not in script.read_text(), script.name
        assert "innerHTML" not in script.read_text(), script.name
