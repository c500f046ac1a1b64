"""An entry's Markdown as HTML that is safe to show: no script, no style, no image from elsewhere."""

from functools import lru_cache

import bleach
import markdown
from markupsafe import Markup

TAGS = ["p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "a"]
ATTRIBUTES = {"a": ["href", "title"]}
PROTOCOLS = ["http", "https", "mailto"]


@lru_cache(maxsize=256)
def to_html(text):
    html = markdown.markdown(text, extensions=["nl2br"])
    return Markup(
        bleach.clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=False)
    )
