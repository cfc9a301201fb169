// The runtime functions that compiled code calls (runtime/abi/libcalls.def).
//
// Like host functions they first see to their stack; running out of it is the
// only way in which they do not return. (Throw is in arch_<isa>.S.)
#include "runtime/abi/libcalls.h"

#include <cstdint>
#include <optional>

#include "runtime/abi/vm_context.h"
#include "runtime/host_entry.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "runtime/module/value.h"
#include "runtime/parking_lot.h"
#include "runtime/platform/activation.h"
#include "runtime/store.h"
#include "runtime/table.h"
#include "runtime/tag.h"

namespace wasijit::libcalls {
namespace {

int64_t SizeOrFailure(std::optional<uint64_t> size) {
  return size.has_value() ? static_cast<int64_t>(*size) : -1;
}

ReferenceBits Bits(void* reference) {
  return reinterpret_cast<ReferenceBits>(reference);
}

template <typename T>
int32_t Wait(const Memory& memory, uint64_t address, T expected,
             int64_t timeout) {
  return static_cast<int32_t>(memory.parking_lot()->Wait(
      reinterpret_cast<const T*>(memory.data() + address), expected, timeout));
}

}  // namespace

WASIJIT_HOST_ENTRY int64_t MemoryGrow(VmContext* context, uint32_t memory,
                                      uint64_t delta) {
  EnterHost(__builtin_frame_address(0));
  return SizeOrFailure(context->instance->memory(memory)->Grow(delta));
}

WASIJIT_HOST_ENTRY bool MemoryInit(VmContext* context, uint32_t memory,
                                   uint32_t segment, uint64_t destination,
                                   uint32_t source, uint32_t count) {
  EnterHost(__builtin_frame_address(0));
  return context->instance->MemoryInit(memory, segment, destination, source,
                                       count);
}

WASIJIT_HOST_ENTRY void DataDrop(VmContext* context, uint32_t segment) {
  EnterHost(__builtin_frame_address(0));
  context->instance->DropData(segment);
}

WASIJIT_HOST_ENTRY int64_t TableGrow(VmContext* context, uint32_t table,
                                     void* initial, uint64_t delta) {
  EnterHost(__builtin_frame_address(0));
  return SizeOrFailure(
      context->instance->table(table)->Grow(delta, Bits(initial)));
}

WASIJIT_HOST_ENTRY bool TableFill(VmContext* context, uint32_t table,
                                  uint64_t start, void* value, uint64_t count) {
  EnterHost(__builtin_frame_address(0));
  return context->instance->table(table)->Fill(start, Bits(value), count);
}

WASIJIT_HOST_ENTRY bool TableCopy(VmContext* context,
                                  uint32_t destination_table,
                                  uint32_t source_table, uint64_t destination,
                                  uint64_t source, uint64_t count) {
  EnterHost(__builtin_frame_address(0));
  const Instance& instance = *context->instance;
  return instance.table(destination_table)
      ->Copy(*instance.table(source_table), destination, source, count);
}

WASIJIT_HOST_ENTRY bool TableInit(VmContext* context, uint32_t table,
                                  uint32_t segment, uint64_t destination,
                                  uint32_t source, uint32_t count) {
  EnterHost(__builtin_frame_address(0));
  return context->instance->TableInit(table, segment, destination, source,
                                      count);
}

WASIJIT_HOST_ENTRY void ElementDrop(VmContext* context, uint32_t segment) {
  EnterHost(__builtin_frame_address(0));
  context->instance->DropElements(segment);
}

WASIJIT_HOST_ENTRY void* NewException(VmContext* context, void* tag) {
  EnterHost(__builtin_frame_address(0));
  return context->instance->store().NewException(*static_cast<Tag*>(tag));
}

WASIJIT_HOST_ENTRY uint32_t AtomicNotify(VmContext* context, uint32_t memory,
                                         uint64_t address, uint32_t count) {
  EnterHost(__builtin_frame_address(0));
  Memory& shared = *context->instance->memory(memory);
  return shared.parking_lot()->Notify(shared.data() + address, count);
}

WASIJIT_HOST_ENTRY int32_t AtomicWait32(VmContext* context, uint32_t memory,
                                        uint64_t address, uint32_t expected,
                                        int64_t timeout) {
  EnterHost(__builtin_frame_address(0));
  return Wait(*context->instance->memory(memory), address, expected, timeout);
}

WASIJIT_HOST_ENTRY int32_t AtomicWait64(VmContext* context, uint32_t memory,
                                        uint64_t address, uint64_t expected,
                                        int64_t timeout) {
  EnterHost(__builtin_frame_address(0));
  return Wait(*context->instance->memory(memory), address, expected, timeout);
}

// Needs no stack worth checking for. The bridge itself is in arch_<isa>.S.
WASIJIT_HOST_ENTRY void PrepareTailCall(const void* code, void* context) {
  current_thread.tail_call_code = code;
  current_thread.tail_call_context = context;
}

}  // namespace wasijit::libcalls
