// The runtime functions that compiled code calls (runtime/abi/libcalls.def).
//
// Like host functions they first see to their stack. They return, unless they
// run out of it or are interrupted while they wait. (Throw is in
// arch_<isa>.S.)
#include "runtime/abi/libcalls.h"

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/types/span.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/abi/vm_context.h"
#include "runtime/engine.h"
#include "runtime/gc_heap.h"
#include "runtime/gc_object.h"
#include "runtime/host_entry.h"
#include "runtime/instance.h"
#include "runtime/interruption.h"
#include "runtime/lazy_code.h"
#include "runtime/memory.h"
#include "runtime/module/value.h"
#include "runtime/parking_lot.h"
#include "runtime/platform/activation.h"
#include "runtime/store.h"
#include "runtime/table.h"
#include "runtime/tag.h"

namespace wasijit::libcalls {
namespace {

// What waiting gives when a termination is pending.
constexpr int32_t kLeave = std::numeric_limits<int32_t>::min();

int64_t SizeOrFailure(std::optional<uint64_t> size) {
  return size.has_value() ? static_cast<int64_t>(*size) : -1;
}

ReferenceBits Bits(void* reference) {
  return reinterpret_cast<ReferenceBits>(reference);
}

template <typename T>
int32_t Wait(const Memory& memory, uint64_t address, T expected,
             int64_t timeout) {
  const ParkingLot::Wakeup wakeup = memory.parking_lot()->Wait(
      reinterpret_cast<const T*>(memory.data() + address), expected, timeout);
  if (wakeup == ParkingLot::Wakeup::kInterrupted && InterruptRequested()) {
    SetPendingTermination(TakeInterrupt());
    return kLeave;
  }
  return static_cast<int32_t>(wakeup);
}

// REQUIRES: the instance's module has a use for a heap, so there is one.
GcHeap& HeapOf(VmContext* context) {
  return **context->instance->store().gc_heap();
}

uint32_t ElementSize(const Instance& instance, uint32_t type) {
  GcHeap& heap = **instance.store().gc_heap();
  return heap.types()
      .Get(instance.compiled_module()->type_ids()[type])
      .element_size;
}

// The part of a segment that gives `count` elements, each made of `per_element`
// items; nothing if there are not so many.
template <typename T>
std::optional<absl::Span<const T>> PartOf(absl::Span<const T> segment,
                                          uint32_t per_element, uint32_t source,
                                          uint32_t count) {
  const uint64_t items = uint64_t{count} * per_element;
  if (source > segment.size() || items > segment.size() - source) {
    return std::nullopt;
  }
  return segment.subspan(source, items);
}

template <typename T>
bool InitArrayFrom(GcHeap& heap, GcReference array, absl::Span<const T> segment,
                   uint32_t per_element, uint32_t destination, uint32_t source,
                   uint32_t count) {
  const auto part = PartOf(segment, per_element, source, count);
  if (!part.has_value()) return false;
  WriteElements(heap, array, destination, *part);
  return true;
}

// See libcalls.def for the result.
template <typename T>
int64_t NewArrayFrom(const Instance& instance, uint32_t type,
                     absl::Span<const T> segment, uint32_t per_element,
                     uint32_t source, uint32_t count) {
  const auto part = PartOf(segment, per_element, source, count);
  if (!part.has_value()) return -1;
  GcHeap& heap = **instance.store().gc_heap();
  const GcReference array = heap.Allocate(
      GcHeader(GcKind::kArray, instance.compiled_module()->type_ids()[type]),
      count, GcArraySize(count, ElementSize(instance, type)));
  if (array == 0) return -2;
  WriteElements(heap, array, 0, *part);
  return array;
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
  void* const frame = __builtin_frame_address(0);
  EnterHost(frame);
  const int32_t result =
      Wait(*context->instance->memory(memory), address, expected, timeout);
  if (result == kLeave) LeaveWithPendingTermination(frame);
  return result;
}

WASIJIT_HOST_ENTRY int32_t AtomicWait64(VmContext* context, uint32_t memory,
                                        uint64_t address, uint64_t expected,
                                        int64_t timeout) {
  void* const frame = __builtin_frame_address(0);
  EnterHost(frame);
  const int32_t result =
      Wait(*context->instance->memory(memory), address, expected, timeout);
  if (result == kLeave) LeaveWithPendingTermination(frame);
  return result;
}

WASIJIT_HOST_ENTRY bool IsSubtype(VmContext* context, uint32_t sub,
                                  uint32_t super) {
  EnterHost(__builtin_frame_address(0));
  return context->instance->store().engine().types().IsSubtype(GcTypeOf(sub),
                                                               GcTypeOf(super));
}

WASIJIT_HOST_ENTRY uint32_t GcAllocate(VmContext* context, uint32_t header,
                                       uint32_t length, uint64_t size) {
  EnterHost(__builtin_frame_address(0));
  return HeapOf(context).Allocate(header, length, size);
}

WASIJIT_HOST_ENTRY uint32_t GcBox(VmContext* context, uint64_t content) {
  EnterHost(__builtin_frame_address(0));
  return HeapOf(context).Box(content);
}

WASIJIT_HOST_ENTRY int64_t GcNewArrayFromData(VmContext* context, uint32_t type,
                                              uint32_t segment, uint32_t source,
                                              uint32_t count) {
  EnterHost(__builtin_frame_address(0));
  return NewArrayFrom(*context->instance, type,
                      context->instance->data(segment),
                      ElementSize(*context->instance, type), source, count);
}

WASIJIT_HOST_ENTRY int64_t GcNewArrayFromElements(VmContext* context,
                                                  uint32_t type,
                                                  uint32_t segment,
                                                  uint32_t source,
                                                  uint32_t count) {
  EnterHost(__builtin_frame_address(0));
  return NewArrayFrom(*context->instance, type,
                      context->instance->elements(segment), 1, source, count);
}

WASIJIT_HOST_ENTRY bool GcInitArrayFromData(VmContext* context, uint32_t array,
                                            uint32_t segment,
                                            uint32_t destination,
                                            uint32_t source, uint32_t count) {
  EnterHost(__builtin_frame_address(0));
  GcHeap& heap = HeapOf(context);
  const uint32_t size =
      heap.types().Get(GcTypeOf(heap.Header(array))).element_size;
  return InitArrayFrom(heap, array, context->instance->data(segment), size,
                       destination, source, count);
}

WASIJIT_HOST_ENTRY bool GcInitArrayFromElements(
    VmContext* context, uint32_t array, uint32_t segment, uint32_t destination,
    uint32_t source, uint32_t count) {
  EnterHost(__builtin_frame_address(0));
  return InitArrayFrom(HeapOf(context), array,
                       context->instance->elements(segment), 1, destination,
                       source, count);
}

// Needs no stack worth checking for. The bridge itself is in arch_<isa>.S.
WASIJIT_HOST_ENTRY void PrepareTailCall(const void* code, void* context) {
  current_thread.tail_call_code = code;
  current_thread.tail_call_context = context;
}

WASIJIT_HOST_ENTRY void NoteHot(VmContext* context, uint32_t function) {
  EnterHost(__builtin_frame_address(0));
  LazyCode* const code = context->instance->compiled_module()->lazy();
  if (code != nullptr) code->NoteHot(function);
}

WASIJIT_HOST_ENTRY void* ReplaceLoop(VmContext* context, uint32_t function,
                                     uint32_t loop) {
  EnterHost(__builtin_frame_address(0));
  LazyCode* const code = context->instance->compiled_module()->lazy();
  return code == nullptr ? nullptr
                         : const_cast<void*>(code->FindLoop(function, loop));
}

}  // namespace wasijit::libcalls
