"""Ways to break a file: bytes in, bytes out, the same for the same random numbers."""

import random
from collections.abc import Callable

Corruption = Callable[[bytes, random.Random], bytes]
HOSTILE = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "../../etc/passwd", "a\\b:c", '"',
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "{{< include /etc/passwd >}}", "*|`$%",
    "\u202eevil", "\x00", "\x1b[2J", "\ufeff", "NaN", "inf", "1e400", "-1e308", "9" * 5000, "0x1F",
    "1_000", "٣", "é" * 40, "{session}", "", " ", "null", "~",
    "!!python/object/apply:os.system [id]",
    "&a [*a]", "2024-99-99", "[" * 2000, "{" * 300, "x" * 100_000, "1" * 150_000, "? [a]\n: b", "%",
    "---", "0o9", "1:99:99", "'",
)  # fmt: skip


def flip_bytes(content: bytes, rng: random.Random) -> bytes:
    """Change up to eight bytes."""
    broken = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        if broken:
            broken[rng.randrange(len(broken))] = rng.randrange(256)
    return bytes(broken)


def flip_in_the_head(content: bytes, rng: random.Random) -> bytes:
    """Change bytes where binary formats keep their counts and offsets."""
    head = flip_bytes(content[:400], rng)
    return head + content[400:]


def enormous_count(content: bytes, rng: random.Random) -> bytes:
    """Write an enormous number over four or eight bytes of the head."""
    number = rng.choice(
        [b"\xff\xff\xff\x7f", b"\xff" * 8, b"\x00\x00\x00\x7f", b"\x7f\xff\xff\xff"]
    )
    at = rng.randrange(max(1, min(len(content), 2000)))
    return content[:at] + number + content[at + len(number) :]


def truncate(content: bytes, rng: random.Random) -> bytes:
    """Cut the end off, anywhere."""
    return content[: rng.randrange(len(content) + 1)]


def lose_a_piece(content: bytes, rng: random.Random) -> bytes:
    """Cut out up to 300 bytes."""
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[at + rng.randint(1, 300) :]


def repeat_a_piece(content: bytes, rng: random.Random) -> bytes:
    """Write up to 300 bytes twice."""
    at = rng.randrange(len(content) + 1)
    piece = content[at : at + rng.randint(1, 300)]
    return content[:at] + piece * rng.choice([2, 2, 50]) + content[at + len(piece) :]


def insert_garbage(content: bytes, rng: random.Random) -> bytes:
    """Insert NUL, control characters, marks of byte order, or bytes that are no UTF-8."""
    odd = [
        b"\x00",
        b"\x1b",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xc3",
        b"\x81",
        b"\x85",
        b"\xe2\x80\xa8",
    ]
    odd += [
        b"\r",
        b"\n",
        b"\r\n",
        b'"',
        b"'",
        b";",
        b",",
        b"\t",
        b"#",
        b":",
        b"\xe2\x80\xae",
        b"\x0c",
    ]
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(odd) * rng.choice([1, 1, 2, 200]) + content[at:]


def _lines(content: bytes) -> list[bytes]:
    return content.split(b"\n")


def delete_lines(content: bytes, rng: random.Random) -> bytes:
    """Lose one to three lines that stand together."""
    lines = _lines(content)
    at = rng.randrange(len(lines))
    del lines[at : at + rng.randint(1, 3)]
    return b"\n".join(lines)


def duplicate_lines(content: bytes, rng: random.Random) -> bytes:
    """Write one to three lines twice, there or elsewhere."""
    lines = _lines(content)
    at = rng.randrange(len(lines))
    piece = lines[at : at + rng.randint(1, 3)]
    to = rng.choice([at, rng.randrange(len(lines))])
    return b"\n".join([*lines[:to], *piece, *lines[to:]])


def indent_lines(content: bytes, rng: random.Random) -> bytes:
    """Move a line by a few blanks, or to the margin."""
    lines = _lines(content)
    at = rng.randrange(len(lines))
    lines[at] = rng.choice([b" ", b"   ", b"\t", b""]) + lines[at].lstrip()
    return b"\n".join(lines)


def swap_cells(content: bytes, rng: random.Random) -> bytes:
    """Swap two cells of one line, or of all lines but the heading."""
    mark = b";" if content.count(b";") > content.count(b",") else b","
    lines = _lines(content)
    rows = range(1, len(lines)) if rng.random() < 0.5 else [rng.randrange(len(lines))]
    width = max(line.count(mark) for line in lines) + 1
    first, second = rng.randrange(width), rng.randrange(width)
    for row in rows:
        cells = lines[row].split(mark)
        if max(first, second) < len(cells):
            cells[first], cells[second] = cells[second], cells[first]
            lines[row] = mark.join(cells)
    return b"\n".join(lines)


def hostile_cell(content: bytes, rng: random.Random) -> bytes:
    """Put a hostile text in the place of a cell or a value, quoted or not."""
    lines = _lines(content)
    at = rng.randrange(len(lines))
    text = rng.choice(HOSTILE)
    if rng.random() < 0.3:
        text = '"' + text.replace('"', '""') + '"'
    odd = text.encode("utf-8", "surrogatepass")
    mark = next((m for m in (b";", b",", b": ") if m in lines[at]), b" ")
    cells = lines[at].split(mark)
    cells[rng.randrange(len(cells))] = odd
    lines[at] = mark.join(cells)
    return b"\n".join(lines)


BINARY: tuple[Corruption, ...] = (
    flip_bytes, flip_in_the_head, enormous_count, truncate, lose_a_piece, repeat_a_piece,
    insert_garbage,
)  # fmt: skip
TEXT: tuple[Corruption, ...] = (
    flip_bytes, truncate, lose_a_piece, repeat_a_piece, insert_garbage, delete_lines,
    duplicate_lines, swap_cells, hostile_cell, hostile_cell,
)  # fmt: skip
YAML: tuple[Corruption, ...] = (*TEXT, indent_lines, duplicate_lines)


def corrupted(content: bytes, ways: tuple[Corruption, ...], rng: random.Random) -> bytes:
    """Return the content broken in one way, sometimes in two."""
    for _ in range(rng.choice([1, 1, 1, 2])):
        content = rng.choice(ways)(content, rng)
    return content
