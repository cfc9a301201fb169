"""A large module for measuring front ends: the functions of a real one, again
and again.

Copies of functions stand behind the originals and call those, so that nothing
in them needs to be changed.
"""

CUSTOM_SECTION, FUNCTION_SECTION, CODE_SECTION = 0, 3, 10
HEADER_SIZE = 8


def read_leb128(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def leb128(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


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
