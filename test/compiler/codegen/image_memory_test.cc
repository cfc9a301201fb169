#include "compiler/codegen/image_memory.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/ADT/BitmaskEnum.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/x86_64.h"
#include "llvm/ExecutionEngine/Orc/Shared/MemoryFlags.h"
#include "llvm/ExecutionEngine/Orc/SymbolStringPool.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"
#include "runtime/abi/code_image.h"

namespace wasijit::compiler {
namespace {

namespace jitlink = llvm::jitlink;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();
constexpr llvm::orc::MemProt kText =
    llvm::orc::MemProt::Read | llvm::orc::MemProt::Exec;
constexpr llvm::orc::MemProt kData = llvm::orc::MemProt::Read;
constexpr uint64_t kBase = 0x4000'0000;

struct Content {
  llvm::orc::MemProt protection;
  std::string bytes;
  uint64_t alignment;
};

// One object's graph, with a section for each content.
class Graph {
 public:
  explicit Graph(std::vector<Content> contents)
      : contents_(std::move(contents)),
        graph_("object", std::make_shared<llvm::orc::SymbolStringPool>(),
               llvm::Triple("x86_64-unknown-linux-gnu"),
               llvm::SubtargetFeatures(), jitlink::x86_64::getEdgeKindName) {
    for (const Content& content : contents_) {
      jitlink::Section& section = graph_.createSection(
          "section" + std::to_string(blocks_.size()), content.protection);
      blocks_.push_back(&graph_.createContentBlock(
          section, llvm::ArrayRef<char>(content.bytes),
          llvm::orc::ExecutorAddr(), content.alignment,
          /*AlignmentOffset=*/0));
    }
  }

  // The error's message; empty if there was none.
  std::string AllocateIn(ImageMemory& memory) {
    std::string message;
    memory.allocate(
        /*dylib=*/nullptr, graph_,
        [&](llvm::Expected<
            std::unique_ptr<jitlink::JITLinkMemoryManager::InFlightAlloc>>
                allocation) {
          if (!allocation) {
            message = llvm::toString(allocation.takeError());
            return;
          }
          (*allocation)->finalize([&](auto finalized) {
            ASSERT_TRUE(!!finalized);
            finalized->release();
          });
        });
    return message;
  }

  uint64_t Offset(size_t i) const {
    return blocks_[i]->getAddress().getValue() - kBase;
  }

 private:
  std::vector<Content> contents_;
  jitlink::LinkGraph graph_;
  std::vector<jitlink::Block*> blocks_;
};

TEST(ImageMemory, PutsTextFirstAndDataBehindAllText) {
  ImageMemory memory(kBase, /*text_capacity=*/100, /*data_capacity=*/100);
  Graph first({{kText, "abc", 1}, {kData, "12345678", 8}});
  Graph second({{kData, "9", 1}, {kText, "defg", 16}});
  ASSERT_EQ(first.AllocateIn(memory), "");
  ASSERT_EQ(second.AllocateIn(memory), "");

  EXPECT_EQ(first.Offset(0), 0u);
  EXPECT_EQ(second.Offset(1), 16u);
  EXPECT_EQ(first.Offset(1), kImageSegmentAlignment);
  EXPECT_EQ(second.Offset(0), kImageSegmentAlignment + 8);
  EXPECT_EQ(memory.text_size(), 20u);
  EXPECT_EQ(memory.base(), kBase);

  const std::vector<uint8_t> bytes = memory.TakeBytes();
  ASSERT_EQ(bytes.size(), kImageSegmentAlignment + 9);
  EXPECT_EQ(std::string(bytes.begin(), bytes.begin() + 3), "abc");
  EXPECT_EQ(std::string(bytes.begin() + 16, bytes.begin() + 20), "defg");
  EXPECT_EQ(std::string(bytes.begin() + kImageSegmentAlignment, bytes.end()),
            "123456789");
}

TEST(ImageMemory, WithoutDataTheBytesAreTheText) {
  ImageMemory memory(kBase, /*text_capacity=*/100, /*data_capacity=*/100);
  Graph graph({{kText, "abc", 1}});
  ASSERT_EQ(graph.AllocateIn(memory), "");
  EXPECT_EQ(memory.TakeBytes(), (std::vector<uint8_t>{'a', 'b', 'c'}));
}

TEST(ImageMemory, NothingAllocatedIsNothing) {
  ImageMemory memory(kBase, 0, 0);
  EXPECT_EQ(memory.text_size(), 0u);
  EXPECT_THAT(memory.TakeBytes(), IsEmpty());
}

TEST(ImageMemory, RefusesMoreThanItsCapacity) {
  const struct {
    Content content;
    bool fits;
  } kCases[] = {
      {{kText, std::string(8, 'x'), 1}, true},
      {{kText, std::string(9, 'x'), 1}, false},
      {{kData, std::string(4, 'x'), 4}, true},
      {{kData, std::string(5, 'x'), 1}, false},
  };
  for (const auto& test : kCases) {
    ImageMemory memory(kBase, /*text_capacity=*/8, /*data_capacity=*/4);
    const std::string error = Graph({test.content}).AllocateIn(memory);
    if (test.fits) {
      EXPECT_EQ(error, "");
    } else {
      EXPECT_THAT(error, HasSubstr("larger than its objects"));
    }
  }
}

TEST(ImageMemory, CountsPaddingAgainstTheCapacity) {
  ImageMemory memory(kBase, /*text_capacity=*/16, /*data_capacity=*/0);
  ASSERT_EQ(Graph({{kText, "x", 1}}).AllocateIn(memory), "");
  EXPECT_THAT(Graph({{kText, "x", 16}}).AllocateIn(memory),
              HasSubstr("larger than its objects"));
}

}  // namespace
}  // namespace wasijit::compiler
