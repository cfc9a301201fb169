"""Valid modules that are small, or ordinary in size, but dear to compile.

Each row of BOMBS is a name and a function that makes the module. Each exports
`main`, without parameters and with one result, of type i32.
"""

import dataclasses
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "support"))
from leb128 import leb128 as number  # noqa: E402

I32, V128, FUNC = b"\x7f", b"\x7b", b"\x60"
EMPTY = b"\x40"
MAX_BODY = 7_654_321

UNREACHABLE, BLOCK, LOOP, IF, ELSE, END = (
    b"\x00", b"\x02", b"\x03", b"\x04", b"\x05", b"\x0b")
BR_TABLE, DROP = b"\x0e", b"\x1a"
ADD, MUL, XOR = b"\x6a", b"\x6c", b"\x73"
LOAD, STORE = b"\x28\x02\x00", b"\x36\x02\x00"  # aligned, offset 0


@dataclasses.dataclass(frozen=True)
class Bomb:
    module: bytes
    # What `main` returns.
    result: int
    # Whether the function is so large that it need not be compiled.
    may_be_refused: bool = False
    # Whether it is so many functions that they cannot all be compiled in time.
    lazy_only: bool = False


def signed(value):
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7f | 0x80)
        value >>= 7
    out.append(value & 0x7f)
    return bytes(out)


def const(value):
    return b"\x41" + signed(value)


def get(local):
    return b"\x20" + number(local)


def set_(local):
    return b"\x21" + number(local)


def tee(local):
    return b"\x22" + number(local)


def call(function):
    return b"\x10" + number(function)


def br(depth):
    return b"\x0c" + number(depth)


def br_if(depth):
    return b"\x0d" + number(depth)


def vector(items):
    items = list(items)
    return number(len(items)) + b"".join(items)


def repeated(count, item):
    """A vector of equal items."""
    return number(count) + item * count


def section(kind, content):
    return bytes([kind]) + number(len(content)) + content if content else b""


def func_type(params, results):
    """`params` and `results` are value types, one byte each."""
    return (FUNC + number(len(params)) + params + number(len(results)) +
            results)


def code(instructions, locals_=b""):
    """A body; `locals_` is its vector of groups."""
    content = (locals_ or b"\x00") + instructions + END
    return number(len(content)) + content


def i32_locals(count):
    return b"\x01" + number(count) + I32


def module(bodies, types=(), functions=None, main=0, tables=b"", memory=True,
           tags=b"", elements=b"", data=b"", type_section=None,
           data_count=None):
    """Type 0 is main's. `functions` are the types of the bodies, 0 if not said.

    `bodies` may be a whole code section's content.
    """
    types = [func_type(b"", I32), *types]
    if not isinstance(bodies, bytes):
        functions = functions or [0] * len(bodies)
        functions, bodies = vector(map(number, functions)), vector(bodies)
    return b"".join([
        b"\0asm\x01\0\0\0",
        section(1, type_section or vector(types)),
        section(3, functions),
        section(4, tables),
        section(5, b"\x01\x00\x01" if memory else b""),
        section(13, tags),
        section(7, b"\x01\x04main\x00" + number(main)),
        section(9, elements),
        section(12, number(data_count) if data_count is not None else b""),
        section(10, bodies),
        section(11, data),
    ])


def nested_loops(count, work=b""):
    """One local for each loop, which counts to one."""
    opened = b"".join(LOOP + EMPTY + work for _ in range(count))
    closed = b"".join(
        get(i) + const(1) + ADD + tee(i) + const(-1) + b"\x48" + br_if(0) + END
        for i in range(count))
    return Bomb(module([code(opened + closed + get(0), i32_locals(count))]), 1)


def one_block(operations, work):
    """An unknown value on the stack, on which `work` is done again and again."""
    count = operations // work.operations
    return Bomb(
        module([
            code(const(0) + LOAD + work.instructions * count,
                 i32_locals(work.locals)),
            code(get(0)),
        ], types=[func_type(I32, I32)], functions=[0, 1]),
        work.result(count) % 2**32)


@dataclasses.dataclass(frozen=True)
class Work:
    instructions: bytes
    operations: int
    result: object
    locals: int = 0


def arithmetic(count):
    """x -> 3x + 1."""
    return (pow(3, count, 2**33) - 1) // 2


ARITHMETIC = Work(const(3) + MUL + const(1) + ADD, 4, arithmetic)
# Each loads what the last has stored.
MEMORY = Work(b"".join([
    set_(0), const(64), get(0), STORE, const(64), LOAD, const(1), ADD]),
    8, lambda count: count, locals=1)
# Locals change places.
LOCALS = Work(b"".join(
    [set_(0)] + [get(i) + set_(i + 1) for i in range(99)] +
    [get(99), const(1), ADD]), 202, lambda count: count, locals=100)
CALLS = Work(call(1) + const(1) + ADD, 3, lambda count: count)


def locals_in_a_loop(count):
    body = b"".join(get(i) + const(1) + ADD + set_(i) for i in range(count))
    body = (LOOP + EMPTY + body + get(0) + const(3) + b"\x48" + br_if(0) + END +
            get(count - 1))
    return Bomb(module([code(body, i32_locals(count))]), 3)


def rotating_locals(count):
    """Each takes its neighbour's value in every iteration."""
    body = get(0) + b"".join(
        get(i + 1) + set_(i) for i in range(count - 1)) + set_(count - 1)
    body = (const(7) + set_(0) + LOOP + EMPTY + body + get(count - 1) +
            b"\x45" + br_if(0) + END + get(count - 1))
    return Bomb(module([code(body, i32_locals(count))]), 7)


def branch_tables(tables, labels, depth):
    """Tables over the ends of `depth` blocks, which come to the same."""
    table = BR_TABLE + vector(number(i % depth) for i in range(labels)) + b"\x00"
    one = b"".join([
        (BLOCK + EMPTY) * depth, const(0), LOAD, table, END * depth])
    one += get(0) + const(1) + ADD + set_(0)
    return Bomb(module([code(one * tables + get(0), i32_locals(1))]), tables)


def branch_table_with_merges(labels):
    """Every target changes another local."""
    body = (BLOCK + EMPTY) * (labels + 1)
    body += const(0) + LOAD + BR_TABLE + vector(map(number, range(labels))) + \
        number(labels) + END
    for i in range(labels):
        body += get(i % 100) + const(i) + ADD + set_(i % 100) + END
    return Bomb(module([code(body + get(1), i32_locals(100))]),
                sum(range(1, labels, 100)))


def flat_body(size):
    one = const(3) + MUL + const(1) + ADD
    count = (size - 20) // len(one)
    return Bomb(module([code(const(0) + LOAD + one * count)]),
                arithmetic(count) % 2**32)


def many_blocks(size):
    one = (BLOCK + EMPTY + get(0) + br_if(0) + get(0) + const(1) + ADD +
           set_(0) + END)
    count = (size - 20) // len(one)
    return Bomb(module([code(one * count + get(0), i32_locals(1))]), 1)


def deep_blocks(size):
    count = (size - 20) // 3
    return Bomb(module([code((BLOCK + EMPTY) * count + END * count + const(5))]),
                5)


def deep_ifs(size):
    count = (size - 20) // 7
    body = (get(0) + b"\x45" + IF + EMPTY) * count + const(5) + set_(0)
    return Bomb(module([code(body + END * count + get(0), i32_locals(1))]), 5)


def locals_and_blocks(count, blocks):
    """Every block may change a local; all are read at the end."""
    body = b"".join(
        BLOCK + EMPTY + get(i) + br_if(0) + const(i) + set_(i) + END
        for i in range(blocks))
    body += const(0) + b"".join(get(i) + ADD for i in range(count))
    return Bomb(module([code(body, i32_locals(count))]), sum(range(blocks)))


def locals_and_loops(count, loops):
    """The innermost of many loops sets all locals."""
    body = (LOOP + EMPTY) * loops
    body += b"".join(get(i) + const(1) + ADD + set_(i) for i in range(count))
    body += (get(0) + const(0) + b"\x48" + br_if(0) + END) * loops
    return Bomb(module([code(body + get(count - 1), i32_locals(count))]), 1)


def results(count, calls):
    """A function whose results are the arguments of its next call."""
    many = I32 * count
    body = const(1) * count + call(1) * calls + DROP * (count - 1)
    same = b"".join(get(i) for i in range(count))
    return Bomb(module([code(body), code(same)],
                       types=[func_type(many, many)], functions=[0, 1]), 1)


def block_results(count, blocks):
    """Blocks that take and leave many values."""
    many = I32 * count
    block = BLOCK + signed(1) + get(0) + br_if(0) + END
    body = const(1) * count + block * blocks + DROP * (count - 1)
    return Bomb(module([code(body, i32_locals(1))],
                       types=[func_type(many, many)]), 1)


def types(count):
    return Bomb(module([code(const(4))], type_section=number(count) +
                       func_type(b"", I32) * count), 4)


def subtypes(count, depth):
    """Structures in chains, each below the last."""
    out = [func_type(b"", I32)]
    for i in range(1, count):
        parent = b"" if i % depth == 1 else number(i - 1)
        out.append(b"\x50" + (b"\x01" + parent if parent else b"\x00") +
                   b"\x5f\x00")
    return Bomb(module([code(const(4))], type_section=vector(out)), 4)


def recursion_group(count):
    """One group of structures that refer to each other."""
    group = b"".join(
        b"\x5f\x01\x63" + signed(1 + (i * 7 + 3) % count) + b"\x00"
        for i in range(count))
    return Bomb(module([code(const(4))], type_section=b"\x02" +
                       func_type(b"", I32) + b"\x4e" + number(count) + group),
                4)


def functions(count):
    """Distinct, so that nothing can be shared."""
    bodies = [code(const(i)) for i in range(count)]
    return Bomb(module(vector(bodies), functions=repeated(count, b"\x00"),
                       main=9), 9)


def data(size):
    """One active segment that fills a memory."""
    pages = -(-size // 65536)
    segment = b"\x01\x00" + const(0) + END + number(size) + b"\x01" * size
    return Bomb(b"".join([
        b"\0asm\x01\0\0\0",
        section(1, vector([func_type(b"", I32)])),
        section(3, b"\x01\x00"),
        section(5, b"\x01\x00" + number(pages)),
        section(7, b"\x01\x04main\x00\x00"),
        section(10, vector([code(const(0) + LOAD)])),
        section(11, segment),
    ]), 0x01010101)


def data_segments(count):
    segment = b"\x00" + const(8) + END + b"\x01\x05"
    return Bomb(module([code(const(8) + LOAD)],
                       data=repeated(count, segment)), 5)


def elements(count):
    """One segment of function indices."""
    segment = b"\x01\x00" + const(0) + END + repeated(count, b"\x00")
    body = const(count - 1) + b"\x25\x00" + b"\xd1"
    return Bomb(module([code(body)],
                       tables=b"\x01\x70\x00" + number(count),
                       elements=segment), 0)


def element_expressions(count):
    """As expressions, and called."""
    expression = b"\xd2\x01\x0b"
    segment = (b"\x01\x04" + const(0) + END + repeated(count, expression))
    body = const(count - 1) + b"\x11\x00\x00"
    return Bomb(module([code(body), code(const(6))],
                       tables=b"\x01\x70\x00" + number(count),
                       elements=segment), 6)


def indirect_calls(count):
    """In one block, through a table that could change."""
    body = const(0) + (const(0) + b"\x11\x00\x00" + ADD) * count
    segment = b"\x01\x00" + const(0) + END + b"\x01\x01"
    body += const(0) + b"\xd2\x01" + b"\x26\x00"
    return Bomb(module([code(body), code(const(1))],
                       tables=b"\x01\x70\x00\x01", elements=segment), count)


def try_tables(count):
    """Each catches what is thrown inside it, into the block around it."""
    body = (BLOCK + EMPTY + b"\x1f\x40\x01\x02\x00") * count
    body += b"\x08\x00" + (END + END) * count + const(8)
    return Bomb(module([code(body)], types=[func_type(b"", b"")],
                       tags=b"\x01\x00\x01"), 8)


def calls_in_try_tables(count):
    body = (BLOCK + EMPTY + b"\x1f\x40\x01\x02\x00") * count
    body += (call(1) + END + END) * count + const(8)
    return Bomb(module([code(body), code(b"\x08\x00")],
                       types=[func_type(b"", b"")], functions=[0, 1],
                       tags=b"\x01\x00\x01"), 8)


def shuffles(count):
    body = const(0) + b"\xfd\x00\x00\x00" + tee(0)
    body += b"".join(
        get(0) + b"\xfd\x0d" + bytes((i + j * j) % 32 for j in range(16))
        for i in range(count))
    return Bomb(module([code(body + b"\xfd\x16\x00", b"\x01\x01" + V128)]), 0)


def too_large(bomb):
    return dataclasses.replace(bomb, may_be_refused=True)


def too_many(bomb):
    return dataclasses.replace(bomb, lazy_only=True)


BOMBS = {
    "nested_loops": lambda: nested_loops(1_000),
    "nested_loops_400": lambda: nested_loops(400),
    "nested_loops_30": lambda: nested_loops(30),
    "nested_loops_with_stores": lambda: nested_loops(
        1_000, const(64) + const(1) + STORE),
    "block_of_arithmetic": lambda: one_block(60_000, ARITHMETIC),
    "block_of_arithmetic_8000": lambda: one_block(8_000, ARITHMETIC),
    "block_of_accesses": lambda: one_block(60_000, MEMORY),
    "block_of_accesses_8000": lambda: one_block(8_000, MEMORY),
    "block_of_locals": lambda: one_block(60_000, LOCALS),
    "block_of_calls": lambda: one_block(60_000, CALLS),
    "block_of_calls_8000": lambda: one_block(8_000, CALLS),
    "locals_in_a_loop": lambda: locals_in_a_loop(50_000),
    "locals_in_a_loop_4000": lambda: locals_in_a_loop(4_000),
    "locals_in_a_loop_1000": lambda: locals_in_a_loop(1_000),
    "rotating_locals": lambda: rotating_locals(50_000),
    "rotating_locals_2000": lambda: rotating_locals(2_000),
    "branch_table": lambda: branch_tables(1, 65_000, 2),
    "branch_table_of_all": lambda: branch_tables(1, 65_000, 65_000),
    "branch_tables": lambda: branch_tables(110, 65_000, 2),
    "branch_tables_of_all": lambda: too_large(
        branch_tables(20, 65_000, 65_000)),
    "branch_table_with_merges": lambda: branch_table_with_merges(4_000),
    "branch_table_with_merges_65000": lambda: too_large(
        branch_table_with_merges(65_000)),
    "flat_body": lambda: too_large(flat_body(MAX_BODY)),
    "flat_body_of_1_mb": lambda: flat_body(1_000_000),
    "flat_body_of_60_kb": lambda: flat_body(60_000),
    "many_blocks": lambda: too_large(many_blocks(MAX_BODY)),
    "many_blocks_of_500_kb": lambda: many_blocks(500_000),
    "many_blocks_of_60_kb": lambda: many_blocks(60_000),
    "many_blocks_of_20_kb": lambda: many_blocks(20_000),
    "deep_blocks": lambda: too_large(deep_blocks(MAX_BODY)),
    "deep_ifs": lambda: too_large(deep_ifs(MAX_BODY)),
    "deep_ifs_of_60_kb": lambda: deep_ifs(60_000),
    "locals_and_blocks": lambda: locals_and_blocks(50_000, 10_000),
    "locals_and_blocks_1000": lambda: locals_and_blocks(1_000, 1_000),
    "locals_and_loops": lambda: locals_and_loops(50_000, 1_000),
    "locals_and_loops_30": lambda: locals_and_loops(1_000, 30),
    "results": lambda: results(1_000, 1),
    "results_10_times": lambda: results(1_000, 10),
    "results_10000_times": lambda: too_large(results(1_000, 10_000)),
    "block_results": lambda: too_large(block_results(1_000, 1_000)),
    "types": lambda: types(1_000_000),
    "subtypes": lambda: subtypes(1_000_000, 60),
    "recursion_group": lambda: recursion_group(600_000),
    "functions": lambda: too_many(functions(1_000_000)),
    "functions_5000": lambda: functions(5_000),
    "data": lambda: data(90_000_000),
    "data_segments": lambda: data_segments(100_000),
    "elements": lambda: elements(9_000_000),
    "element_expressions": lambda: element_expressions(5_000_000),
    "indirect_calls": lambda: too_large(indirect_calls(20_000)),
    "indirect_calls_2000": lambda: indirect_calls(2_000),
    "try_tables": lambda: try_tables(10_000),
    "calls_in_try_tables": lambda: too_large(calls_in_try_tables(100_000)),
    "calls_in_try_tables_1000": lambda: calls_in_try_tables(1_000),
    "shuffles": lambda: shuffles(20_000),
}
