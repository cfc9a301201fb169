"""A large module for measuring front ends: the functions of a real one, again
and again.

Copies of functions stand behind the originals and call those, so that nothing
in them needs to be changed.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "test" / "support"))
from leb128 import leb128, read_leb128  # noqa: E402

CUSTOM_SECTION, FUNCTION_SECTION, CODE_SECTION = 0, 3, 10
HEADER_SIZE = 8


def sections(module):
    position = HEADER_SIZE
    while position < len(module):
        section = module[position]
        size, position = read_leb128(module, position + 1)
        yield section, module[position:position + size]
        position += size


def replicated(module, size):
    """The module with so many copies of its functions that it has `size`."""
    parts = [(section, content) for section, content in sections(module)
             if section != CUSTOM_SECTION]
    code = sum(len(content) for section, content in parts
               if section in (FUNCTION_SECTION, CODE_SECTION))
    rest = sum(len(content) for _, content in parts) - code
    copies = max(1, (size - rest) // code)
    result = bytearray(module[:HEADER_SIZE])
    for section, content in parts:
        if section in (FUNCTION_SECTION, CODE_SECTION):
            count, position = read_leb128(content, 0)
            content = leb128(count * copies) + content[position:] * copies
        result += bytes([section]) + leb128(len(content)) + content
    return bytes(result)
