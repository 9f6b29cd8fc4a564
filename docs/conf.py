"""How the site is built: `make docs`. What is generated is made in `_site`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from ictal.base.provenance import ictal_version

project = "Ictal"
author = "The Ictal contributors"
copyright = author
version = release = ictal_version()
language = "en"
default_role = "code"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "_site.reference",
    "_site.tutorials",
]
source_suffix = {".md": "markdown", ".py": "tutorial"}
exclude_patterns = ["_site", "conf.py", "refresh.py", "screenshots.py", "examples", "**/__pycache__"]
root_doc = "index"
highlight_language = "none"
nitpicky = True
nitpick_ignore_regex = [("py:.*", r".*")]

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
napoleon_google_docstring = False

html_theme = "pydata_sphinx_theme"
html_title = f"Ictal {version}"
html_static_path = ["_site/static"]
html_css_files = ["ictal.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "header_links_before_dropdown": 6,
    "navbar_end": ["theme-switcher"],
    "footer_start": ["research"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "pygments_light_style": "a11y-light",
    "pygments_dark_style": "a11y-dark",
    "back_to_top_button": False,
}
templates_path = ["_site/templates"]
