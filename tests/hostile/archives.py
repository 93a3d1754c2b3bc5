"""Hostile array files, byte by byte."""

import io
import pickle
import warnings
import zipfile

import numpy as np


class Bomb:
    """Fails the test when it is unpickled."""

    def __reduce__(self):
        return (_went_off, ())


def _went_off():
    raise SystemExit("a pickle in a file was run")


def npy(array):
    """The bytes of a ``.npy``; an array of objects is pickled into it."""
    content = io.BytesIO()
    np.lib.format.write_array(content, np.asanyarray(array), allow_pickle=True)
    return content.getvalue()


def npy_with(header, data=b"", version=(1, 0)):
    """A ``.npy`` whose header says ``header``, whatever follows it."""
    text = header.encode() if isinstance(header, str) else header
    text += b" " * (-(len(text) + 11) % 64) + b"\n"
    return b"\x93NUMPY" + bytes(version) + len(text).to_bytes(2, "little") + text + data


def announcing(shape, data=b"", descr="<f4", fortran=False):
    """A ``.npy`` that announces an array of ``shape``."""
    return npy_with(
        f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}", data
    )


def zipped(members, compression=zipfile.ZIP_STORED, comment=b""):
    """A zip of (name, bytes) pairs, in that order; a name may be there twice."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        archive.comment = comment
        for name, member in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a name that is there twice
                archive.writestr(info, member)
    return content.getvalue()


def members_of(content):
    """The (name, bytes) pairs of an intact zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def with_member(name, member, at_end=True):
    """A function that puts one more member into a sound file."""

    def attack(content):
        members = members_of(content)
        return zipped([*members, (name, member)] if at_end else [(name, member), *members])

    return attack


def in_place_of_last(member):
    """A function that gives the last member of a sound file other bytes."""

    def attack(content):
        *members, (name, _) = members_of(content)
        return zipped([*members, (name, member)])

    return attack


def patched(offset_in_directory, field):
    """A function that overwrites bytes of the last entry in the zip's directory."""

    def attack(content):
        start = content.rindex(b"PK\x01\x02") + offset_in_directory
        return content[:start] + field + content[start + len(field) :]

    return attack


def overlapping(content):
    """Thousands of names for the same 40 kB, so that 300 kB would unpack to 120 MB."""
    one = zipped([("0000.npy", npy(np.zeros(10_000, np.float32)))])
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    count, entries = 3000, bytearray()
    for number in range(count):
        entry = bytearray(one[start:end])
        entry[46:50] = b"%04d" % number
        entries += entry
    tail = bytearray(one[end:])
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = len(entries).to_bytes(4, "little")
    return one[:start] + entries + tail


def _hiding_the_last(content):
    """One length in the directory is larger, so that its last entry reads as a comment."""
    last = content.rindex(b"PK\x01\x02")
    before = content.rindex(b"PK\x01\x02", 0, last)
    length = content.index(b"PK\x05\x06") - last
    return content[: before + 32] + length.to_bytes(2, "little") + content[before + 34 :]


def _renamed(name):
    def attack(content):
        *members, (_, last) = members_of(content)
        return zipped([*members, (name, last)])

    return attack


GIBIBYTE = 1 << 30
PICKLED = np.array([Bomb(), Bomb()], object)

ATTACKS = {
    "empty": (lambda content: b"", "not a zip file"),
    "text": (lambda content: b"hello\n", "not a zip file"),
    "a page": (lambda content: b"<!doctype html><p>login", "not a zip file"),
    "a pickle": (lambda content: pickle.dumps(Bomb()), "not a zip file"),
    "a lone array": (lambda content: npy(np.zeros(3)), "not a zip file"),
    "a comment": (lambda content: zipped(members_of(content), comment=b"PK"), "members"),
    "a member hidden in a comment": (_hiding_the_last, "members, expected"),
    "zip of nothing": (lambda content: zipped([]), None),
    "deflated": (
        lambda content: zipped(members_of(content), zipfile.ZIP_DEFLATED),
        "compressed",
    ),
    "lzma": (lambda content: zipped(members_of(content), zipfile.ZIP_LZMA), "compressed"),
    "a bomb": (
        lambda content: zipped(
            [*members_of(content), ("x.npy", bytes(50_000_000))], zipfile.ZIP_DEFLATED
        ),
        "compressed",
    ),
    "a pickle inside": (with_member("x.npy", pickle.dumps(Bomb())), "magic"),
    "objects": (with_member("x.npy", npy(PICKLED)), "type object"),
    "objects in the place of numbers": (in_place_of_last(npy(PICKLED)), "type object"),
    "named fields": (with_member("x.npy", npy(np.zeros(2, "f4,i4"))), r"of type \["),
    "text array": (with_member("x.npy", npy(np.array(["a", "b"]))), "of type <U1"),
    "bytes array": (with_member("x.npy", npy(np.array([b"a"]))), r"of type \|S1"),
    "complex": (with_member("x.npy", npy(np.ones(2, complex))), "of type complex"),
    "dates": (with_member("x.npy", npy(np.array(["2020"], "M8[Y]"))), "of type datetime"),
    "big-endian": (with_member("x.npy", npy(np.ones(2, ">f4"))), "this machine's order"),
    "no array": (with_member("x.npy", b"rubbish"), "magic"),
    "an empty member": (with_member("x.npy", b""), "magic"),
    "header of version 2": (
        with_member("x.npy", npy_with("{}", version=(2, 0))),
        "version",
    ),
    "header of version 9": (with_member("x.npy", npy_with("{}", version=(9, 9))), "version"),
    "header that is code": (
        with_member("x.npy", npy_with("__import__('os').abort()")),
        "malformed node",
    ),
    "header of other keys": (with_member("x.npy", npy_with("{'a': 1}")), "keys"),
    "header of brackets": (with_member("x.npy", npy_with("(" * 5000)), None),
    "header of Python 2": (
        with_member(
            "x.npy", npy_with("{'descr': '<f4', 'fortran_order': False, 'shape': (1L,), }")
        ),
        None,
    ),
    "header with a bad escape": (
        with_member("x.npy", npy_with(r"{'descr': '\d', 'fortran_order': False, 'shape': ()}")),
        None,
    ),
    "header too long": (with_member("x.npy", npy_with(" " * 60_000)), "large"),
    "header cut short": (with_member("x.npy", npy(np.zeros(3))[:40]), "EOF"),
    "a terabyte announced": (with_member("x.npy", announcing((GIBIBYTE, 256))), "declares"),
    "beyond all memory": (with_member("x.npy", announcing((2**62, 2**62, 2**62))), "declares"),
    "a number of 5000 digits": (with_member("x.npy", announcing(f"({'9' * 5000},)")), None),
    "a negative size": (with_member("x.npy", announcing((-1, -6), bytes(24))), "declares"),
    "nothing by a lot": (with_member("x.npy", announcing((0, 2**62, 2**62))), None),
    "sixty-five dimensions": (with_member("x.npy", announcing((1,) * 65, bytes(4))), None),
    "a large element": (with_member("x.npy", announcing((1,), b"", "<U268435456")), "of type"),
    "more data than announced": (with_member("x.npy", npy(np.zeros(3)) + b"x"), "declares"),
    "less data than announced": (with_member("x.npy", npy(np.zeros(3))[:-1]), "declares"),
    "a name twice": (
        lambda content: (lambda m: zipped([*m, m[0]]))(members_of(content)),
        "occurs twice",
    ),
    "up and away": (_renamed("../../../../tmp/x.npy"), "plain name"),
    "an absolute path": (_renamed("/etc/passwd.npy"), "plain name"),
    "a drive": (_renamed("..\\..\\x.npy"), "plain name"),
    "a folder": (with_member("folder/", b""), "plain name"),
    "no array's ending": (with_member("x.pkl", pickle.dumps(Bomb())), "plain name"),
    "a name that is a command": (with_member("\x1b[2Jx.npy", npy(np.zeros(1))), "plain name"),
    "many members": (
        lambda content: zipped([(f"a{n}.npy", npy(np.zeros(0))) for n in range(3000)]),
        None,
    ),
    "many empty entries": (
        lambda content: zipped([(f"{n}.npy", b"") for n in range(3000)]),
        "magic",
    ),
    "overlapping members": (overlapping, "bytes are declared"),
    "a size that is a lie": (patched(20, (2**32 - 2).to_bytes(4, "little") * 2), "declared"),
    "a length that is a lie": (patched(24, (2**31).to_bytes(4, "little")), "compressed"),
    "a place that is a lie": (patched(42, (2**31).to_bytes(4, "little")), None),
    "encrypted": (patched(8, b"\x01\x00"), None),
    "an unknown compression": (patched(10, b"\x63\x00"), "compressed"),
    "a wrong checksum": (patched(16, b"\0\0\0\0"), "CRC"),
    "of a later zip": (patched(6, b"\xff\x00"), None),
}
"""By name: the damage to an intact file, and what the message says; None if it may vary."""
