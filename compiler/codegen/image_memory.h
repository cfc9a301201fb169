// JITLink's memory for one image: text and read-only data in one buffer.
#ifndef WASIJIT_COMPILER_CODEGEN_IMAGE_MEMORY_H_
#define WASIJIT_COMPILER_CODEGEN_IMAGE_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"

namespace wasijit::compiler {

// Places the segments of all graphs behind each other: executable ones from
// the start of the buffer, the others from the first multiple of
// kImageSegmentAlignment after `text_capacity`. Nothing is mapped or run;
// addresses are the buffer's offsets from `base`. Single-threaded.
class ImageMemory : public llvm::jitlink::JITLinkMemoryManager {
 public:
  ImageMemory(uint64_t base, size_t text_capacity, size_t data_capacity);

  void allocate(const llvm::jitlink::JITLinkDylib* dylib,
                llvm::jitlink::LinkGraph& graph,
                OnAllocatedFunction on_allocated) override;
  void deallocate(std::vector<FinalizedAlloc> allocations,
                  OnDeallocatedFunction on_deallocated) override;
  using JITLinkMemoryManager::allocate;
  using JITLinkMemoryManager::deallocate;

  uint64_t base() const { return base_; }
  size_t text_size() const { return text_used_; }

  // The linked bytes: text, padding, read-only data.
  std::vector<uint8_t> TakeBytes();

 private:
  uint64_t base_;
  size_t text_capacity_;
  size_t text_used_ = 0;
  size_t data_begin_;
  size_t data_used_ = 0;
  std::vector<uint8_t> buffer_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_CODEGEN_IMAGE_MEMORY_H_
