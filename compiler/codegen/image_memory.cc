#include "compiler/codegen/image_memory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "llvm/ADT/BitmaskEnum.h"
#include "llvm/ExecutionEngine/JITLink/JITLinkMemoryManager.h"
#include "llvm/ExecutionEngine/Orc/Shared/ExecutorAddress.h"
#include "llvm/ExecutionEngine/Orc/Shared/MemoryFlags.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MathExtras.h"
#include "runtime/abi/code_image.h"

namespace wasijit::compiler {

LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();

namespace {

// The bytes stay where they were linked.
class InPlaceAllocation
    : public llvm::jitlink::JITLinkMemoryManager::InFlightAlloc {
 public:
  void abandon(OnAbandonedFunction on_abandoned) override {
    on_abandoned(llvm::Error::success());
  }
  void finalize(OnFinalizedFunction on_finalized) override {
    on_finalized(llvm::jitlink::JITLinkMemoryManager::FinalizedAlloc(
        llvm::orc::ExecutorAddr(0)));
  }
};

}  // namespace

ImageMemory::ImageMemory(uint64_t base, size_t text_capacity,
                         size_t data_capacity, size_t data_distance)
    : base_(base),
      text_capacity_(text_capacity),
      data_begin_(llvm::alignTo(text_capacity, kImageSegmentAlignment)),
      data_distance_(data_distance == 0 ? data_begin_ : data_distance),
      buffer_(data_begin_ + data_capacity) {}

void ImageMemory::allocate(const llvm::jitlink::JITLinkDylib* /*dylib*/,
                           llvm::jitlink::LinkGraph& graph,
                           OnAllocatedFunction on_allocated) {
  llvm::jitlink::BasicLayout layout(graph);
  for (auto& [group, segment] : layout.segments()) {
    const bool is_text = (group.getMemProt() & llvm::orc::MemProt::Exec) ==
                         llvm::orc::MemProt::Exec;
    size_t& used = is_text ? text_used_ : data_used_;
    const size_t capacity =
        is_text ? text_capacity_ : buffer_.size() - data_begin_;
    const size_t begin = llvm::alignTo(used, segment.Alignment);
    const size_t size = segment.ContentSize + segment.ZeroFillSize;
    if (begin > capacity || size > capacity - begin) {
      on_allocated(llvm::createStringError("code is larger than its objects"));
      return;
    }
    used = begin + size;
    segment.Addr =
        llvm::orc::ExecutorAddr(base_ + (is_text ? 0 : data_distance_) + begin);
    segment.WorkingMem = reinterpret_cast<char*>(
        buffer_.data() + (is_text ? 0 : data_begin_) + begin);
  }
  if (llvm::Error error = layout.apply()) {
    on_allocated(std::move(error));
    return;
  }
  on_allocated(std::make_unique<InPlaceAllocation>());
}

void ImageMemory::deallocate(std::vector<FinalizedAlloc> allocations,
                             OnDeallocatedFunction on_deallocated) {
  for (FinalizedAlloc& allocation : allocations) allocation.release();
  on_deallocated(llvm::Error::success());
}

size_t ImageMemory::FinalDataOffset() const {
  // Data whose distance counts stays there; other data follows the text.
  return data_distance_ == data_begin_
             ? data_begin_
             : llvm::alignTo(text_used_, kImageSegmentAlignment);
}

size_t ImageMemory::OffsetOf(uint64_t address) const {
  const size_t offset = address - base_;
  return offset < data_distance_ ? offset
                                 : offset - data_distance_ + FinalDataOffset();
}

std::vector<uint8_t> ImageMemory::TakeBytes() {
  if (data_used_ == 0) {
    buffer_.resize(text_used_);
    return std::move(buffer_);
  }
  const auto data = buffer_.begin() + static_cast<ptrdiff_t>(data_begin_);
  const size_t offset = FinalDataOffset();
  if (offset != data_begin_) {
    std::copy(data, data + static_cast<ptrdiff_t>(data_used_),
              buffer_.begin() + static_cast<ptrdiff_t>(offset));
  }
  buffer_.resize(offset + data_used_);
  return std::move(buffer_);
}

}  // namespace wasijit::compiler
