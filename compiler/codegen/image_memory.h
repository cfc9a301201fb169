// JITLink's memory for one image: text and read-only data in one buffer.
#ifndef WASIJIT_COMPILER_CODEGEN_IMAGE_MEMORY_H_
#define WASIJIT_COMPILER_CODEGEN_IMAGE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"

namespace wasijit::compiler {

// Places the segments of all graphs behind each other: executable ones from
// `base`, the others from the first multiple of kImageSegmentAlignment after
// `text_capacity`, or from `data_distance` if that is not 0. Nothing is mapped
// or run. Single-threaded.
class ImageMemory : public llvm::jitlink::JITLinkMemoryManager {
 public:
  ImageMemory(uint64_t base, size_t text_capacity, size_t data_capacity,
              size_t data_distance = 0);

  void allocate(const llvm::jitlink::JITLinkDylib* dylib,
                llvm::jitlink::LinkGraph& graph,
                OnAllocatedFunction on_allocated) override;
  void deallocate(std::vector<FinalizedAlloc> allocations,
                  OnDeallocatedFunction on_deallocated) override;
  using JITLinkMemoryManager::allocate;
  using JITLinkMemoryManager::deallocate;

  uint64_t base() const { return base_; }
  size_t text_size() const { return text_used_; }

  // Where the byte at an address comes to be in what TakeBytes returns.
  // REQUIRES: everything is allocated.
  size_t OffsetOf(uint64_t address) const;
  // The linked bytes: text, padding, read-only data.
  std::vector<uint8_t> TakeBytes();

 private:
  // Of the read-only data in what TakeBytes returns.
  size_t FinalDataOffset() const;

  uint64_t base_;
  size_t text_capacity_;
  size_t text_used_ = 0;
  // In the buffer, and from the base.
  size_t data_begin_;
  size_t data_distance_;
  size_t data_used_ = 0;
  std::vector<uint8_t> buffer_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_IMAGE_MEMORY_H_
