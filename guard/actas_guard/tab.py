"""The carrier TAB as the browser sees it: the page that hands a tab its half of the token, the script that sends it.

The half is in sessionStorage, never in localStorage (S3-11): it dies with its tab.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from typing import Final

from actas_guard.asgi import Answer

SCRIPT: Final = Answer(
    200,
    files("actas_guard").joinpath("tab.js").read_bytes(),
    "text/javascript; charset=utf-8",
    (("cache-control", "no-cache"),),
)
# `replace`, so that Back does not lead to a code that is spent.
_HAND_OVER: Final = (
    'const{half,landing}=document.body.dataset;sessionStorage.setItem("actas.session",half);location.replace(landing)'
)
_POLICY: Final = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; script-src "
    f"'sha256-{base64.b64encode(hashlib.sha256(_HAND_OVER.encode()).digest()).decode()}'"
)


def hand_over(half: str, landing: str, headers: tuple[tuple[str, str], ...]) -> Answer:
    """The page that completes a hand-off; it runs this one script and nothing else."""
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Entering</title></head>'
        f'<body data-half="{escape(half)}" data-landing="{escape(landing)}">'
        "<p>Entering the workspace. If nothing happens, this browser keeps nothing for a tab: allow scripts and site "
        f"data for this address, then enter again from the console.</p><script>{_HAND_OVER}</script></body></html>"
    )
    security = (("content-security-policy", _POLICY), ("x-frame-options", "DENY"))
    return Answer(200, html.encode(), "text/html; charset=utf-8", (*security, *headers))
