"""Every file of a run and of an experiment, truncated and mutated at random: only our errors."""

import random

import pytest

from nntrain.errors import NntrainError
from nntrain.storage import array_file
from tests.hostile.archives import members_of, zipped
from tests.hostile.bounds import bounded
from tests.hostile.conftest import READERS, file_of

SEED = 2024
MUTATIONS_OF_A_FILE = 7_000
MAX_BYTES_A_BYTE, MAX_BYTES = array_file.READING_FACTOR, 8 << 20
"""The time reading may take: per byte of the file, and in addition."""

WORDS = [
    *(b"NaN", b"-Infinity", b"Infinity", b"inf", b"1e999", b"-1", b"0", b"1.5", b"null", b"true"),
    *(b"1" + b"0" * 30, b"9" * 5000, b"0x" + b"f" * 5000, b"[" * 2000, b'{"a":' * 2000),
    *(b"{}", b"[]", b'""', b'"x"', b"=", b".", b"a.b.c", b"[a]\n", b"1979-05-27", b"../../"),
    *(b"\x1b[31m", b"\0", b"\n", b"\r\n", b"\xff", b"\xed\xb3\xbf", b"\xef\xbb\xbf"),
    *(b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY", b"|O", b">f4", b"'", b"(-1,)"),
    *(b"\xff\xff\xff\xff", b"\0\0\0\0"),
]


def pieces(dice, old):
    """Return what is put in the place of ``old`` or beside it."""
    how = dice.randrange(6)
    if how == 0:
        return dice.randbytes(len(old))
    if how == 1:
        return dice.choice(WORDS)
    if how == 2:
        return old * dice.choice([2, 3, 50])
    if how == 3:
        return bytes(byte ^ 1 << dice.randrange(8) for byte in old[:1])
    if how == 4:
        return str(dice.choice([-1, 0, 2**31, 2**63, 10**25, 0.5])).encode()
    return b""


def mutated(dice, content):
    """Return the bytes after one to four edits, each of a kind of its own."""
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(content) + 1)
        end = at + dice.choice([1, 1, 2, 4, 8, 30, 300])
        piece = pieces(dice, content[at:end])
        after = dice.choice([at, end, at + len(piece)])
        content = content[:at] + piece + content[after:]
    return content


def mutated_inside(dice, content):
    """Return an array file whose zip is sound but for its members."""
    members = members_of(content)
    for _ in range(dice.randint(1, 2)):
        which = dice.randrange(len(members))
        name, member = members[which]
        how = dice.randrange(6)
        if how == 0:
            members.pop(which)
        elif how == 1:
            members.append((name, member))
        elif how == 2:
            members[which] = (mutated(dice, name.encode()).decode("latin-1").strip("\0"), member)
        elif how == 3:
            members[which] = (name, dice.choice(members)[1])
        else:  # the header, or what follows it
            start, end = dice.choice([(0, 128), (128, len(member))])
            part = mutated(dice, member[start:end])
            members[which] = (name, member[:start] + part + member[end:])
        if not members:
            break
    return zipped(members)


def outcome(place, name, path, content):
    """Read the file as ``content``: return whether it was accepted, or refused with our error."""
    path.write_bytes(content)
    with bounded(MAX_BYTES_A_BYTE * len(content) + MAX_BYTES):
        try:
            result = READERS[name][1](place)
        except NntrainError as error:
            message = str(error)
            assert str(path) in message
            assert "\n" not in message
            assert "\x1b" not in message
            return False
    # a store treats a damaged outcome as missing
    return not (isinstance(result, list) and None in result)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_thousands_of_mutations_of_each_file(place, name, capsys):
    """10 files of 7,000: 70,000 mutations in all."""
    dice = random.Random(f"{SEED} {name}")
    path = file_of(place, name)
    whole = path.read_bytes()
    read = 0
    for number in range(MUTATIONS_OF_A_FILE):
        inside = whole.startswith(b"PK") and number % 2
        content = (mutated_inside if inside else mutated)(dice, whole)
        try:
            read += outcome(place, name, path, content)
        except BaseException as error:
            error.add_note(f"mutation {number} of {name}: {content[:3000]!r}")
            raise
    with capsys.disabled():
        print(f"\n{name}: {MUTATIONS_OF_A_FILE:,} mutations, {read:,} of them read", end="")


@pytest.mark.parametrize("lengths", [50, pytest.param(10**9, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", READERS)
def test_truncation(place, name, lengths):
    """At about so many lengths, or at every byte."""
    path = file_of(place, name)
    whole = path.read_bytes()
    before = place.run.history()
    for length in range(0, len(whole), max(1, len(whole) // lengths)):
        sound = outcome(place, name, path, whole[:length])
        if name == "history.jsonl" and sound:
            shorter = place.run.history()
            assert shorter == before[: len(shorter)]
        elif not name.endswith(".toml"):
            assert not sound, length
