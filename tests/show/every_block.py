"""A block of every kind, for the tests of both renderers."""

import numpy as np

from nntrain.show import blocks

IMAGE = np.full((28, 28), 200, np.uint8)
X = blocks.Axis("x")
CURVES = blocks.Curves("c", "Cost", "It falls.", X, X, [blocks.Line("training", (1, 2), (3, 4))])
BARS = blocks.Bars("b", "Sums", "All are 1.", X, X, [0, 1], [5])
ROWS = blocks.Rows("r", "Ranking", "One row.", X, [("first", [blocks.Dot("ours", 1)])])
EVERY = [
    *(blocks.Text("words"), blocks.Facts([("a", "98 %")]), blocks.Tiles([("98 %", "accuracy")])),
    *(
        blocks.Table(("a", "b"), [("1", "2")]),
        blocks.Matrix(("x", "y"), np.array([[9, 1], [0, 8]])),
    ),
    *(CURVES, BARS, ROWS, blocks.Digits([blocks.Digit(IMAGE, "#1: 7")])),
    *(blocks.Picture(np.eye(3), "weights"), blocks.Beside([blocks.Text("a"), blocks.Text("b")])),
    blocks.Live("pad", dict.fromkeys(("about", "normal", "kind", "noun", "one", "shares"), "")),
]
KINDS = {kind for kind in vars(blocks).values() if isinstance(kind, type)}
KINDS = {kind for kind in KINDS if issubclass(kind, blocks.Block)} - {blocks.Block}
assert {type(block) for block in EVERY} == KINDS, "EVERY lacks a kind of block"
