"""The terminal's style of each role."""

from nntrain.show.blocks import Role

STYLES: dict[Role, str] = {
    "": "",
    "strong": "bold",
    "muted": "dim",
    "right": "green",
    "wrong": "red",
    "accent": "cyan",
    "warning": "yellow",
}
