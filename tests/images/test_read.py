import io
import os
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nntrain.errors import DatasetError
from nntrain.images.read import LARGEST, SUFFIXES, WORKING_SIDE, read_picture

LOSSLESS = ("PNG", "BMP", "GIF")
FORMATS = (*LOSSLESS, "JPEG", "WEBP")
WHITE, BLACK, PAPER, INK = 255, 0, 230, 20


def drawing(paper=PAPER, ink=INK):
    """Something that differs from each of its reflections and turns."""
    image = np.full((40, 60), paper, np.uint8)
    image[8:32, 10:16] = ink
    image[8:14, 10:40] = ink
    return image


def encoded(picture, format="PNG", **options):
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def read(tmp_path, content, name="picture"):
    path = tmp_path / name
    path.write_bytes(content)
    return read_picture(path).grey


def problem(tmp_path, content):
    with pytest.raises(DatasetError) as raised:
        read(tmp_path, content)
    assert "\n" not in str(raised.value)
    assert str(tmp_path) not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize("format", FORMATS)
def test_each_kind_of_file_is_read_whatever_it_is_called(tmp_path, format):
    grey = read(tmp_path, encoded(Image.fromarray(drawing()), format), "picture.dat")
    assert grey.dtype == np.uint8
    assert grey.shape == (40, 60)
    tolerance = 0 if format in LOSSLESS else 12
    assert np.abs(grey.astype(int) - drawing()).max() <= tolerance


TWO = drawing(WHITE, BLACK)
DEEP = drawing().astype(np.uint16) * 257
MODES = {
    **{m: (Image.fromarray(drawing()).convert(m), "PNG") for m in ("L", "LA", "P", "RGB", "RGBA")},
    "black and white": (Image.fromarray(TWO).convert("1"), "PNG"),
    "16 bits": (Image.fromarray(DEEP), "PNG"),
    "CMYK": (Image.fromarray(drawing()).convert("CMYK"), "JPEG"),
}


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_of_pixels(tmp_path, mode):
    picture, format = MODES[mode]
    expected = TWO if mode == "black and white" else drawing()
    difference = np.abs(read(tmp_path, encoded(picture, format)).astype(int) - expected)
    assert difference.max() <= (12 if format == "JPEG" else 0)


STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.T,
    6: lambda a: np.rot90(a),
    7: lambda a: a[::-1, ::-1].T,
    8: lambda a: np.rot90(a, -1),
}
"""How an upright picture lies in the file, by the EXIF standard's orientation."""


@pytest.mark.parametrize("format", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_camera_held_sideways(tmp_path, orientation, format):
    exif = Image.Exif()
    exif[0x0112] = orientation
    lying = Image.fromarray(np.ascontiguousarray(STORED[orientation](drawing())))
    upright = read(tmp_path, encoded(lying, format, exif=exif)).astype(int)
    assert np.abs(upright - drawing()).max() <= (0 if format == "PNG" else 40)


@pytest.mark.parametrize(("ink", "background"), [(INK, WHITE), (WHITE, BLACK)])
def test_ink_alone_on_transparency_stands_out(tmp_path, ink, background):
    alpha = np.where(drawing() == INK, 255, 0).astype(np.uint8)
    pixels = np.stack([np.full_like(alpha, ink), alpha], axis=-1)
    grey = read(tmp_path, encoded(Image.fromarray(pixels)))
    assert set(grey[alpha == 255]) == {ink}
    assert set(grey[alpha == 0]) == {background}


@pytest.mark.parametrize(("paper", "ink"), [(PAPER, INK), (10, 240)])
def test_a_sheet_with_transparent_corners_gets_more_of_its_paper(tmp_path, paper, ink):
    alpha = np.zeros((60, 80), np.uint8)
    alpha[10:-10, 10:-10] = 255
    grey = np.full((60, 80), 128, np.uint8)
    grey[10:-10, 10:-10] = drawing(paper, ink)
    read_back = read(tmp_path, encoded(Image.fromarray(np.stack([grey, alpha], axis=-1))))
    assert (read_back[10:-10, 10:-10] == drawing(paper, ink)).all()
    assert set(read_back[alpha == 0]) == {paper}


def test_a_palette_with_a_transparent_colour(tmp_path):
    picture = Image.fromarray((drawing() == INK).astype(np.uint8)).convert("P")
    picture.putpalette([0, 0, 0, INK, INK, INK])
    grey = read(tmp_path, encoded(picture, transparency=0))
    assert set(grey[drawing() == PAPER]) == {WHITE}


def test_all_transparent_is_blank(tmp_path):
    assert "blank" in problem(tmp_path, encoded(Image.new("RGBA", (30, 30))))


def test_large_pictures_are_made_smaller_in_proportion(tmp_path):
    large = Image.fromarray(drawing()).resize((3000, 2000), Image.Resampling.NEAREST)
    grey = read(tmp_path, encoded(large))
    assert WORKING_SIDE <= max(grey.shape) < 2 * WORKING_SIDE
    assert grey.shape[1] / grey.shape[0] == pytest.approx(1.5, rel=0.01)
    assert np.median(grey) == PAPER


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file(tmp_path, format, share):
    rng = np.random.default_rng(0)
    content = encoded(Image.fromarray(rng.integers(0, 256, (64, 64), dtype=np.uint8)), format)
    assert problem(tmp_path, content[: int(share * len(content))])


@pytest.mark.parametrize("content", [b"", b"7\n", b"%PDF-1.4", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_a_file_that_is_not_a_picture(tmp_path, content):
    assert "expected PNG, JPEG" in problem(tmp_path, content)


def test_heic_is_named(tmp_path):
    assert "HEIC" in problem(tmp_path, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40))


@pytest.mark.parametrize("format", ["TIFF", "EPS", "PPM", "ICO"])
def test_no_other_decoder_is_tried(tmp_path, format):
    assert "expected PNG, JPEG" in problem(tmp_path, encoded(Image.fromarray(drawing()), format))


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP"])
def test_an_animation(tmp_path, format):
    frames = [Image.fromarray(drawing()), Image.fromarray(drawing(INK, PAPER))]
    content = encoded(frames[0], format, save_all=True, append_images=frames[1:])
    assert "animated" in problem(tmp_path, content)


def png(*chunks):
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in chunks:
        check = struct.pack(">I", zlib.crc32(kind + data))
        content += struct.pack(">I", len(data)) + kind + data + check
    return content


def header(columns, rows):
    return b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0)


def png_that_claims(columns, rows):
    return png(header(columns, rows), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))


def test_whatever_a_decoder_raises_is_one_line(tmp_path):
    content = png((b"IHDR", b"short"))
    with pytest.raises(ValueError, match="IHDR"):  # and not an OSError, as for most damage
        Image.open(io.BytesIO(content))
    assert "corrupt" in problem(tmp_path, content)


@pytest.mark.parametrize("side", [8001, 9400, 12_000, 14_000, 2**31 - 1])
def test_more_pixels_than_are_decoded(tmp_path, side):
    assert f"at most {LARGEST:,} pixels" in problem(tmp_path, png_that_claims(side, side))


def test_anything_but_an_ordinary_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, says in (
        (tmp_path / "pipe", "not an ordinary file"),
        (tmp_path, "folder"),
        (tmp_path / "none.png", "No such file"),
        (tmp_path / ("x" * 5000), "cannot be read"),
    ):
        with pytest.raises(DatasetError, match=says):
            read_picture(path)


@given(data=st.data(), format=st.sampled_from(FORMATS))
def test_whatever_the_bytes_it_is_a_picture_or_one_line(data, format, tmp_path_factory):
    content = bytearray(encoded(Image.fromarray(drawing()), format))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(content)
    message = ""
    try:
        grey = read_picture(path).grey
        assert grey.ndim == 2
        assert grey.dtype == np.uint8
    except DatasetError as error:
        message = str(error)
    assert "\n" not in message


def test_decoders_write_nothing_themselves(tmp_path, capfd):
    content = encoded(Image.fromarray(drawing()), "JPEG")
    for cut in range(0, len(content), 25):
        problem(tmp_path, content[:cut])
    assert capfd.readouterr() == ("", "")


def test_suffixes_are_of_kinds_that_are_read(tmp_path):
    for suffix in SUFFIXES:
        Image.fromarray(drawing()).save(tmp_path / f"x{suffix}")
        assert read_picture(tmp_path / f"x{suffix}").grey.shape == (40, 60)


EXIF = Image.Exif()
EXIF[0x0112] = 1  # the orientation


@pytest.mark.parametrize(
    ("format", "options", "lossy"),
    [
        *((name, {}, name not in LOSSLESS) for name in FORMATS),
        ("WEBP", {"lossless": True}, False),
        ("WEBP", {"lossless": True, "exif": EXIF}, False),
        ("WEBP", {"exif": EXIF}, True),
    ],
)
def test_formats_that_change_pixels_are_known(tmp_path, format, options, lossy):
    (tmp_path / "x").write_bytes(encoded(Image.fromarray(drawing()), format, **options))
    assert read_picture(tmp_path / "x").lossy == lossy
