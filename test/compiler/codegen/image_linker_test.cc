#include "compiler/codegen/image_linker.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Target/TargetMachine.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/libcalls.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::wasijit::test::ModuleFromIr;
using ::wasijit::test::StatusIs;

using Objects = std::vector<std::unique_ptr<llvm::MemoryBuffer>>;

// Everything that makes an object refer to something: a jump table, constants
// that live in memory, the C library, runtime calls, functions of the other
// object.
constexpr absl::string_view kFirst = R"(
  define swiftcc i64 @f0(ptr swiftself %c, i64 %x, ptr %p) #0 {
    switch i64 %x, label %other [
      i64 0, label %a
      i64 1, label %b
      i64 2, label %grow
      i64 3, label %copy
      i64 4, label %other
      i64 5, label %b
    ]
  a:
    %one = call swiftcc i64 @f3(ptr swiftself %c, i64 7, ptr %p)
    ret i64 %one
  b:
    %two = call swiftcc i64 @f1(ptr swiftself %c, i64 %x, ptr %p)
    ret i64 %two
  grow:
    %three = call i64 @wasijit.MemoryGrow(ptr %c, i32 0, i64 %x)
    ret i64 %three
  copy:
    call void @llvm.memmove.p0.p0.i64(ptr %c, ptr %p, i64 1000, i1 false)
    ret i64 9
  other:
    call void @llvm.ubsantrap(i8 3)
    unreachable
  }
  define swiftcc double @f2(ptr swiftself %c, double %x, <4 x float> %v) #0 {
    %sum = fadd double %x, 1.25
    %negated = fneg <4 x float> %v
    store <4 x float> %negated, ptr %c, align 1
    ret double %sum
  }
  define swiftcc i64 @f3(ptr swiftself %c, i64 %x, ptr %p) #0 {
    %sum = add i64 %x, 1
    ret i64 %sum
  }
  declare swiftcc i64 @f1(ptr swiftself, i64, ptr)
  declare i64 @wasijit.MemoryGrow(ptr, i32, i64) nonlazybind
  declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)
  declare void @llvm.ubsantrap(i8)
  attributes #0 = { nounwind "frame-pointer"="all" }
)";

constexpr absl::string_view kSecond = R"(
  define swiftcc i64 @f1(ptr swiftself %c, i64 %x, ptr %p) #0 {
    %one = call swiftcc i64 @f0(ptr swiftself %c, i64 %x, ptr %p)
    %two = call swiftcc i64 @f3(ptr swiftself %c, i64 %one, ptr %p)
    %three = call i64 @wasijit.MemoryGrow(ptr %c, i32 0, i64 %two)
    call void @wasijit.DataDrop(ptr %c, i32 1)
    ret i64 %three
  }
  define swiftcc i64 @f4(ptr swiftself %c, i64 %x, ptr %p) #0 {
    ret i64 %x
  }
  declare swiftcc i64 @f0(ptr swiftself, i64, ptr)
  declare swiftcc i64 @f3(ptr swiftself, i64, ptr)
  declare i64 @wasijit.MemoryGrow(ptr, i32, i64) nonlazybind
  declare void @wasijit.DataDrop(ptr, i32) nonlazybind
  attributes #0 = { nounwind "frame-pointer"="all" }
)";

// No constants, no calls.
constexpr absl::string_view kAlone = R"(
  define swiftcc i64 @f5(ptr swiftself %c, i64 %x) nounwind {
    %sum = add i64 %x, 5
    ret i64 %sum
  }
)";

class ImageLinker : public testing::TestWithParam<InstructionSet> {
 protected:
  std::unique_ptr<llvm::MemoryBuffer> Emit(absl::string_view ir) {
    absl::StatusOr<Target> target = Target::Create(GetParam(), "baseline");
    EXPECT_OK(target);
    llvm::LLVMContext context;
    const std::unique_ptr<llvm::Module> module =
        ModuleFromIr(ir, *target, context);
    if (module == nullptr) return llvm::MemoryBuffer::getMemBuffer("");
    const std::unique_ptr<llvm::TargetMachine> machine =
        target->CreateTargetMachine(llvm::CodeGenOptLevel::Default);
    return EmitObject(*module, *machine);
  }

  absl::StatusOr<LinkedCode> Link(const std::vector<absl::string_view>& texts,
                                  const LinkAddresses& addresses = {}) {
    Objects objects;
    for (absl::string_view ir : texts) objects.push_back(Emit(ir));
    return LinkImage(GetParam(), std::move(objects), LoaderCalls::kNone,
                     addresses);
  }
};

INSTANTIATE_TEST_SUITE_P(InstructionSets, ImageLinker,
                         testing::Values(InstructionSet::kX86_64,
                                         InstructionSet::kAArch64),
                         [](const auto& info) {
                           return info.param == InstructionSet::kX86_64
                                      ? "X86_64"
                                      : "AArch64";
                         });

std::vector<Libcall> LibcallsOf(const LinkedCode& code) {
  std::vector<Libcall> libcalls;
  for (const ImageSlot& slot : code.slots) libcalls.push_back(slot.libcall);
  std::sort(libcalls.begin(), libcalls.end());
  return libcalls;
}

void ExpectSame(const LinkedCode& a, const LinkedCode& b) {
  EXPECT_EQ(a.code, b.code);
  EXPECT_EQ(a.text_size, b.text_size);
  ASSERT_EQ(a.slots.size(), b.slots.size());
  for (size_t i = 0; i < a.slots.size(); ++i) {
    EXPECT_EQ(a.slots[i].offset, b.slots[i].offset);
    EXPECT_EQ(a.slots[i].libcall, b.slots[i].libcall);
  }
  ASSERT_EQ(a.functions.size(), b.functions.size());
  for (const auto& [function, range] : a.functions) {
    ASSERT_TRUE(b.functions.contains(function));
    EXPECT_EQ(range.begin, b.functions.at(function).begin);
    EXPECT_EQ(range.end, b.functions.at(function).end);
  }
}

TEST_P(ImageLinker, ResultDoesNotDependOnAddresses) {
  const std::vector<absl::string_view> kOrders[] = {
      {kFirst, kSecond, kAlone}, {kSecond, kFirst, kAlone}, {kAlone}};
  for (const auto& order : kOrders) {
    ASSERT_OK_AND_ASSIGN(const LinkedCode usual, Link(order));
    const LinkAddresses kElsewhere[] = {
        {.image_base = 0x7f12'3456'0000, .libcall_base = 0x10'0000'0000},
        {.image_base = 0x10000, .libcall_base = 0x7fff'ffff'0000},
    };
    for (const LinkAddresses& addresses : kElsewhere) {
      ASSERT_OK_AND_ASSIGN(const LinkedCode other, Link(order, addresses));
      ExpectSame(usual, other);
    }
  }
}

TEST_P(ImageLinker, SameInputGivesSameOutput) {
  ASSERT_OK_AND_ASSIGN(const LinkedCode once, Link({kFirst, kSecond, kAlone}));
  ASSERT_OK_AND_ASSIGN(const LinkedCode again, Link({kFirst, kSecond, kAlone}));
  ExpectSame(once, again);
}

TEST_P(ImageLinker, SlotsAreLibcallsInTheReadOnlyData) {
  ASSERT_OK_AND_ASSIGN(const LinkedCode code, Link({kFirst, kSecond, kAlone}));
  // Each object has its own slot for what it calls.
  EXPECT_THAT(LibcallsOf(code),
              testing::ElementsAre(Libcall::kMemmove, Libcall::kMemoryGrow,
                                   Libcall::kMemoryGrow, Libcall::kDataDrop));
  const size_t data = (code.text_size + kImageSegmentAlignment - 1) /
                      kImageSegmentAlignment * kImageSegmentAlignment;
  for (const ImageSlot& slot : code.slots) {
    EXPECT_GE(slot.offset, data);
    EXPECT_EQ(slot.offset % 8, 0u);
    ASSERT_LE(slot.offset + 8, code.code.size());
    const uint64_t zero = 0;
    EXPECT_EQ(std::memcmp(&code.code[slot.offset], &zero, 8), 0);
  }
}

TEST_P(ImageLinker, FunctionsLieInTheTextWithoutOverlap) {
  ASSERT_OK_AND_ASSIGN(const LinkedCode code, Link({kFirst, kSecond, kAlone}));
  ASSERT_THAT(code.functions, SizeIs(6));
  std::vector<FunctionRange> ranges;
  for (const auto& [function, range] : code.functions) {
    EXPECT_LT(range.begin, range.end) << function;
    EXPECT_LE(range.end, code.text_size) << function;
    ranges.push_back(range);
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const auto& a, const auto& b) { return a.begin < b.begin; });
  for (size_t i = 1; i < ranges.size(); ++i) {
    EXPECT_LE(ranges[i - 1].end, ranges[i].begin);
  }
}

// Calls between functions are pc-relative instructions to the callee itself.
TEST_P(ImageLinker, CallsBetweenObjectsAreDirect) {
  constexpr absl::string_view kCaller = R"(
    define swiftcc i64 @f7(ptr swiftself %c) nounwind {
      %r = call swiftcc i64 @f8(ptr swiftself %c)
      %s = add i64 %r, 1
      ret i64 %s
    }
    declare swiftcc i64 @f8(ptr swiftself)
  )";
  constexpr absl::string_view kCallee = R"(
    define swiftcc i64 @f8(ptr swiftself %c) {
      ret i64 8
    }
  )";
  const std::vector<absl::string_view> kOrders[] = {{kCaller, kCallee},
                                                    {kCallee, kCaller}};
  for (const auto& order : kOrders) {
    ASSERT_OK_AND_ASSIGN(const LinkedCode code, Link(order));
    EXPECT_THAT(code.slots, IsEmpty());
    const FunctionRange caller = code.functions.at(7);
    const uint32_t callee = code.functions.at(8).begin;
    bool found = false;
    for (uint32_t at = caller.begin; at + 5 <= caller.end; ++at) {
      if (GetParam() == InstructionSet::kX86_64) {
        int32_t distance;
        std::memcpy(&distance, &code.code[at + 1], 4);
        found |= code.code[at] == 0xe8 && at + 5 + distance == callee;
      } else if (at % 4 == 0) {
        uint32_t instruction;
        std::memcpy(&instruction, &code.code[at], 4);
        // bl: the low 26 bits count instructions.
        const int32_t distance = static_cast<int32_t>(instruction << 6) >> 4;
        found |= instruction >> 26 == 0b100101 && at + distance == callee;
      }
    }
    EXPECT_TRUE(found);
  }
}

TEST_P(ImageLinker, CodeWithoutDataEndsWithTheText) {
  ASSERT_OK_AND_ASSIGN(const LinkedCode code, Link({kAlone}));
  EXPECT_EQ(code.code.size(), code.text_size);
  EXPECT_THAT(code.slots, IsEmpty());
}

TEST_P(ImageLinker, NothingGivesNothing) {
  ASSERT_OK_AND_ASSIGN(const LinkedCode code, Link({}));
  EXPECT_THAT(code.code, IsEmpty());
  EXPECT_THAT(code.functions, IsEmpty());
}

TEST_P(ImageLinker, RefusesWhatIsNeitherFunctionNorLibcall) {
  const struct {
    absl::string_view ir;
    const char* message;
  } kCases[] = {
      {R"(define swiftcc i64 @f0(ptr swiftself %c) {
            %r = call i64 @sin(i64 1)
            ret i64 %r
          }
          declare i64 @sin(i64) nonlazybind)",
       "sin"},
      {R"(define swiftcc i64 @f0(ptr swiftself %c) {
            %r = call swiftcc i64 @f1(ptr swiftself %c)
            ret i64 %r
          }
          declare swiftcc i64 @f1(ptr swiftself))",
       "f1"},
      {R"(@there = external global i64
          define swiftcc i64 @f0(ptr swiftself %c) {
            %r = load i64, ptr @there
            ret i64 %r
          })",
       "there"},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(Link({test.ir}),
                StatusIs(absl::StatusCode::kInternal, HasSubstr(test.message)));
  }
}

TEST_P(ImageLinker, RefusesAbsoluteAddresses) {
  constexpr absl::string_view kTable = R"(
    @table = private constant [2 x ptr] [ptr @f0, ptr @f1]
    define swiftcc i64 @f0(ptr swiftself %c, i64 %i) {
      %p = getelementptr ptr, ptr @table, i64 %i
      %f = load ptr, ptr %p
      %r = call swiftcc i64 %f(ptr swiftself %c)
      ret i64 %r
    }
    define swiftcc i64 @f1(ptr swiftself %c) {
      ret i64 1
    }
  )";
  EXPECT_THAT(Link({kTable}), StatusIs(absl::StatusCode::kInternal,
                                       HasSubstr("absolute address")));
}

TEST_P(ImageLinker, RefusesTwoDefinitions) {
  EXPECT_THAT(Link({kAlone, kAlone}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("f5")));
}

TEST_P(ImageLinker, RefusesWhatIsNoObject) {
  for (absl::string_view bytes : {"", "\x7f", "no object at all"}) {
    Objects objects;
    objects.push_back(llvm::MemoryBuffer::getMemBufferCopy(
        llvm::StringRef(bytes.data(), bytes.size())));
    EXPECT_THAT(LinkImage(GetParam(), std::move(objects)),
                StatusIs(absl::StatusCode::kInternal, testing::_));
  }
}

}  // namespace
}  // namespace wasijit::compiler
