// The structures that compiled code and the runtime share.
//
// One VmContext belongs to each instance. It lies in the same reservation as
// the instance's own memory 0, immediately below it:
//
//   context begin                                          memory base
//   | control pages                   | state pages        | memory 0 ...
//   | slots ...            VmContext  | ... globals        |
//   |<------------ VmContextLayout::size() --------------->|
//
// Control pages hold everything that steers control (code pointers, table and
// memory bases); they are read-only while the guest runs. State pages hold the
// instance's own globals. Every displacement below is relative to the memory
// base, hence negative. Compiled code keeps one register that is a constant
// away from the memory base (Pinned in vm_context_layout.h); the constant
// depends on the instruction set. An instance that does not own a memory 0 has
// the same layout with nothing accessible behind it.
//
// All structures are standard-layout; the compiler takes offsets with offsetof.
#ifndef WASIJIT_RUNTIME_ABI_VM_CONTEXT_H_
#define WASIJIT_RUNTIME_ABI_VM_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace wasijit {

class Function;
class Instance;
class Tag;

// A function that can be called through a reference. A null reference is a
// null VmFunction*. `code` follows the convention of calling_convention.h and
// is called with `context` in the context register: the callee instance's
// pinned pointer, or a VmHostContext* when the function is the host's.
struct VmFunction {
  const void* code;
  void* context;
  // Canonical type id of the engine's TypeRegistry; never 0.
  uint32_t type_id;
  uint32_t padding;
  // The store object, for the embedding API.
  Function* function;
};
static_assert(sizeof(VmFunction) == 32);

// An element of a table of functions. What call_indirect needs is copied
// inline; type_id is 0, which no type has, when the element is null, so one
// comparison checks for both.
struct VmFunctionElement {
  const void* code;
  void* context;
  uint32_t type_id;
  uint32_t padding;
  VmFunction* reference;
};
static_assert(sizeof(VmFunctionElement) == 32);

// What a host function receives in the context register. One per host function
// and importing instance; it lives as long as the store.
struct VmHostContext {
  // The importing instance's context; null when called by the embedder.
  struct VmContext* caller;
  // What the host function was defined with (its closure).
  void* data;
  // Arguments and results beyond the registers; see calling_convention.h.
  void* call_buffer;
  Function* function;
};

// A linear memory's size, owned by the Memory object; bases never move.
struct VmMemory {
  uint8_t* base;
  // In bytes; grows only. Other threads may grow a shared memory: read
  // atomically.
  uint64_t size;
};

// A table, owned by the Table object. The base moves when the table grows.
struct VmTable {
  // Array of VmFunctionElement for function references, else of 8-byte
  // references.
  void* base;
  // In elements.
  uint64_t size;
};

// An exception: an object of the store's heap (gc_layout.h), to which
// references are addresses. The payload follows: one cell for each value,
// written as values are in the call buffer.
struct VmException {
  // GcHeader(GcKind::kException, number of values).
  uint32_t header;
  uint32_t padding;
  // Its identity says what the exception is.
  Tag* tag;
};
inline constexpr size_t kExceptionCellSize = 16;
static_assert(sizeof(VmException) == kExceptionCellSize);

inline uint8_t* ExceptionCell(VmException* exception, size_t index) {
  return reinterpret_cast<uint8_t*>(exception + 1) + index * kExceptionCellSize;
}
inline const uint8_t* ExceptionCell(const VmException* exception,
                                    size_t index) {
  return reinterpret_cast<const uint8_t*>(exception + 1) +
         index * kExceptionCellSize;
}

// Control-page slots.
struct VmImportSlot {
  const void* code;
  void* context;
};
struct VmMemorySlot {
  uint8_t* base;
  VmMemory* memory;
};
struct VmTableSlot {
  // Equal to table->base at instantiation; compiled code uses it only for
  // tables that can never grow.
  void* base;
  VmTable* table;
};

// How often code of the first tier has run, of one function.
struct VmCounter {
  // Calls and iterations of loops count it down.
  int32_t patience;
  uint32_t calls;
};
static_assert(sizeof(VmCounter) == 8);

// The fixed part of the control pages.
struct VmContext {
  Instance* instance;
  // Records of the functions that can be referenced, in the order of
  // VmContextLayout::FunctionRecord.
  VmFunction* functions;
  // kCallBufferSize bytes shared by everything in the store; see
  // calling_convention.h.
  void* call_buffer;
  uint8_t* memory_base;
  // The base of the store's heap, behind its VmGcHeap (gc_layout.h); null if
  // the module has no use for one.
  uint8_t* gc_base;
  // By index of the defined function. When the patience has fallen below zero,
  // calls call Libcall::kNoteHot and loops Libcall::kReplaceLoop. Shared by all
  // instances.
  VmCounter* counters;
};

static_assert(std::is_standard_layout_v<VmContext>);
static_assert(std::is_standard_layout_v<VmFunction>);

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_ABI_VM_CONTEXT_H_
