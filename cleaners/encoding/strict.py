"""All of some bytes in an encoding, or nothing."""

from codecs import getincrementaldecoder

# Bytes of the longest character, in GB 18030 and UTF-8.
LONGEST_CHARACTER = 4


def decodes(data: bytes, encoding: str) -> bool:
    """Whether every byte of `data` is in some character of `encoding`."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def decoded(data: bytes | memoryview, encoding: str) -> str:
    """`data` in `encoding`, or "" if any byte of it is in no character."""
    try:
        return str(data, encoding)
    except UnicodeDecodeError:
        return ""


def decoded_but_for_the_end(data: bytes, encoding: str) -> str:
    """`data` in `encoding`, whose last character may be cut; "" if any other byte of it is in no character."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        tail = data[error.start :]
    if len(tail) >= LONGEST_CHARACTER:
        return ""
    try:
        getincrementaldecoder(encoding)().decode(tail)
    except UnicodeDecodeError:
        return ""
    return data.decode(encoding, "replace")
