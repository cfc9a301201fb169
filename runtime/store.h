// The owner of everything that instances share: functions, tables, memories,
// globals, tags and the instances themselves (specification, 4.2.3).
#ifndef WASIJIT_RUNTIME_STORE_H_
#define WASIJIT_RUNTIME_STORE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/abi/vm_context.h"
#include "runtime/compiled_module.h"
#include "runtime/engine.h"
#include "runtime/extern.h"
#include "runtime/gc_heap.h"
#include "runtime/host_function.h"
#include "runtime/module/value.h"
#include "runtime/outcome.h"
#include "runtime/platform/activation.h"

namespace wasijit {

class Instance;
// A HostFunction's object in a store.
struct HostFunctionObject;

struct StoreLimits {
  // Bytes of any one memory. Growing beyond fails as the specification says.
  uint64_t max_memory_size = uint64_t{16} << 30;
  // Elements of any one table.
  uint64_t max_table_size = 10'000'000;
  // Bytes of all structures, arrays and exceptions; 4 GiB are the most that
  // there can be.
  uint64_t max_gc_heap_size = uint64_t{4} << 30;
};

// Everything in a store lives exactly as long as the store, but for memories
// that stores share. One thread at a time may use it or run code of it: threads
// of one program have a store each.
class Store {
 public:
  // `engine` must outlive the store.
  explicit Store(Engine& engine, const StoreLimits& limits = {});
  // REQUIRES: nothing of the store is running.
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Engine& engine() { return engine_; }
  const StoreLimits& limits() const { return limits_; }

  // Instantiation (specification, 4.5.4): one object for each import, in order;
  // segments; the start function. (Linker finds the objects by their names.)
  // FailedPrecondition if an object does not match its import: "incompatible
  // import type: ..."; ResourceExhausted if memory is missing. REQUIRES: the
  // objects are of this store and as many as there are imports. Effects of an
  // instantiation that traps stay visible in what it imported; functions of its
  // instance may live on in tables.
  absl::StatusOr<Outcome<Instance*>> Instantiate(
      std::shared_ptr<const CompiledModule> module,
      absl::Span<const Extern> imports);

  // Objects of the host. Indices in types are canonical ids of the engine.
  absl::StatusOr<Function*> NewFunction(HostFunction function);
  absl::StatusOr<Memory*> NewMemory(const MemoryType& type);
  absl::StatusOr<Table*> NewTable(const TableType& type, const Value& initial);
  // Makes a shared memory of another store an object of this one too; it lives
  // as long as the last store that has it. REQUIRES: no code of this store is
  // running.
  void AddShared(Memory& memory);
  // InvalidArgument if the value is not of the type.
  absl::StatusOr<Global*> NewGlobal(const GlobalType& type, const Value& value);
  // `payload` has no results.
  absl::StatusOr<Tag*> NewTag(const FuncType& payload);

  // A new exception with undefined payload, for compiled code; null if there
  // is no memory for it.
  VmException* NewException(Tag& tag);
  // InvalidArgument if the payload is not that of the tag, ResourceExhausted if
  // memory is missing.
  absl::StatusOr<VmException*> NewException(Tag& tag,
                                            absl::Span<const Value> payload);
  // For the embedder; what the payload refers to lives on.
  Exception Describe(const VmException& exception);
  // Keeps an exception that the embedder has for the store's life.
  void Keep(const Value& value);

  // Whether a value of the embedder may be passed where `type` (indices are
  // ids) is expected: references are judged by what they refer to.
  bool ValueMatches(const Value& value, ValueType type) const;

  // The heap of structures, arrays and exceptions, made when it is first asked
  // for. ResourceExhausted if the system refuses the address space.
  absl::StatusOr<GcHeap*> gc_heap();
  // Says that code of the store has been stopped by a trap.
  void NoteStoppedCode() {
    if (gc_heap_ != nullptr) gc_heap_->NoteStoppedCode();
  }
  // Null if nothing has needed one yet.
  const GcHeap* existing_gc_heap() const { return gc_heap_.get(); }

  // For the call path: arguments and results beyond the registers.
  uint8_t* call_buffer() { return call_buffer_.get(); }
  // For the fault handler: where accesses of this store's memories may go.
  const MemoryRanges& memory_ranges() const { return memory_ranges_; }

 private:
  friend class Instantiation;

  struct CallBufferDeleter {
    void operator()(uint8_t* buffer) const;
  };

  void MarkRoots(GcMarker& marker);

  Memory* Adopt(std::shared_ptr<Memory> memory);

  Engine& engine_;
  const StoreLimits limits_;
  std::unique_ptr<uint8_t, CallBufferDeleter> call_buffer_;
  std::vector<MemoryRange> ranges_;
  MemoryRanges memory_ranges_;

  std::unique_ptr<GcHeap> gc_heap_;

  std::vector<std::shared_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<Global>> globals_;
  std::vector<std::unique_ptr<Tag>> tags_;
  std::vector<std::unique_ptr<HostFunctionObject>> host_functions_;
  std::vector<std::unique_ptr<Instance>> instances_;
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_STORE_H_
