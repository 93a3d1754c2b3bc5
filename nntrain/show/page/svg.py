"""An SVG of matplotlib's -> one that lives inside the page: its colours, no style of its own.

The page forbids inline styles (Content-Security-Policy), so each becomes an attribute. Colours
that stand for a role become the page's variables, which differ in light and in dark.
"""

import re
from xml.etree import ElementTree

ROLES = {
    "#000001": "ink",
    "#000002": "muted",
    "#000003": "line",
    "#000004": "paper",
    "#000011": "series-1",
    "#000012": "series-2",
    "#000013": "series-3",
    "#000014": "series-4",
    "#000015": "series-5",
    "#000016": "series-6",
    "#000021": "right",
    "#000022": "wrong",
}
COLOURS = {name: code for code, name in ROLES.items()}
"""The colour to give matplotlib for each role."""

_KEPT = {
    "fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "opacity", "text-anchor",
    "font-size", "font-weight",
}  # fmt: skip
_LINK = "{http://www.w3.org/1999/xlink}href"


class Svg(str):
    """An SVG element that a template takes as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the element: markup, not text."""
        return str(self)


def themed(svg: str, name: str, title: str, description: str) -> Svg:
    """Return the figure ``svg`` as an element with a text alternative.

    ``name`` makes its ids unique in the page.
    """
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or _tag(child) in ("metadata", "style"):
                parent.remove(child)
    view = root.get("viewBox", "")
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', svg))
    for element in root.iter():
        element.tag = _tag(element)
        _plain_attributes(element, name, used)
    root.attrib.clear()
    ids = f"{name}-title", f"{name}-text"
    root.attrib.update(
        {"viewBox": view, "role": "img", "aria-labelledby": " ".join(ids), "class": "chart"}
    )
    for position, (tag, identity, text) in enumerate(
        zip(("title", "desc"), ids, (title, description), strict=True)
    ):
        element = ElementTree.Element(tag, {"id": identity})
        element.text = text
        root.insert(position, element)
    return Svg(ElementTree.tostring(root, encoding="unicode", short_empty_elements=False))


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _plain_attributes(element: ElementTree.Element, name: str, used: set[str]) -> None:
    """Turn the style into attributes, roles into variables, and shorten numbers."""
    old = dict(element.attrib)
    element.attrib.clear()
    for key, value in _styles(old.pop("style", "")):
        if key in _KEPT:
            element.set(key, _colour(value))
    for key, value in old.items():
        if key == "id":
            if value in used:
                element.set("id", f"{name}-{value}")
        elif key == _LINK:
            element.set("href", f"#{name}-{value[1:]}")
        elif key == "clip-path":
            element.set(key, value.replace("url(#", f"url(#{name}-"))
        elif key in ("d", "points", "x", "y", "width", "height", "transform"):
            element.set(key, re.sub(r"\d+\.\d{3,}", _shortened, value).replace("\n", ""))
        elif key in _KEPT:
            element.set(key, _colour(value))


def _styles(style: str) -> list[tuple[str, str]]:
    """Return the declarations of an inline style; ``font`` as its size and weight."""
    found = []
    for declaration in style.split(";"):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font":
            size = re.search(r"([\d.]+)px", value)
            if size:
                found.append(("font-size", size[1]))
            if re.search(r"\b(bold|[6-9]00)\b", value):
                found.append(("font-weight", "bold"))
        elif key:
            found.append((key, value))
    return found


def _colour(value: str) -> str:
    role = ROLES.get(value)
    return f"var(--{role})" if role else value


def _shortened(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
