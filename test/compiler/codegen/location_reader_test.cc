#include "compiler/codegen/location_reader.h"

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {

namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::wasijit::test::IsOkAndHolds;
using ::wasijit::test::ModuleFromIr;
using ::wasijit::test::StatusIs;

// Function n has the bytecode from n * 1000 on.
uint32_t FunctionAt(uint32_t bytecode_offset) { return bytecode_offset / 1000; }

// f1 calls at 1010; then comes f2, inlined at 1020, whose trap is at 2030, in
// it f3, inlined at 2040, with a call at 3050; then a store at 1060, and a call
// of f2 that was merged from several. Line 0 belongs to no place.
constexpr absl::string_view kIr = R"(
  define swiftcc void @f1(ptr swiftself %c, i64 %x, ptr %p) !dbg !10 {
    call void @callee(i64 1), !dbg !20
    %fails = icmp eq i64 %x, 0
    br i1 %fails, label %trap, label %ok
  trap:
    call void @llvm.ubsantrap(i8 1), !dbg !21
    unreachable
  ok:
    call void @callee(i64 2), !dbg !22
    call void @callee(i64 3), !dbg !25
    store i64 %x, ptr %p, !dbg !26
    call void @callee(i64 4), !dbg !28
    ret void
  }
  define swiftcc void @f4(ptr swiftself %c, ptr %p) !dbg !13 {
    store i64 4, ptr %p, !dbg !27
    ret void
  }
  declare void @callee(i64)
  declare void @llvm.ubsantrap(i8)

  !llvm.dbg.cu = !{!0}
  !llvm.module.flags = !{!2}
  !0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1,
                               isOptimized: true, emissionKind: LineTablesOnly)
  !1 = !DIFile(filename: "wasm", directory: "")
  !2 = !{i32 2, !"Debug Info Version", i32 3}
  !3 = !DISubroutineType(types: !{})
  !10 = distinct !DISubprogram(name: "f1", file: !1, line: 1000, type: !3,
                               scopeLine: 1000, unit: !0, spFlags: DISPFlagDefinition)
  !11 = distinct !DISubprogram(name: "f2", file: !1, line: 2000, type: !3,
                               scopeLine: 2000, unit: !0, spFlags: DISPFlagDefinition)
  !12 = distinct !DISubprogram(name: "f3", file: !1, line: 3000, type: !3,
                               scopeLine: 3000, unit: !0, spFlags: DISPFlagDefinition)
  !13 = distinct !DISubprogram(name: "f4", file: !1, line: 4000, type: !3,
                               scopeLine: 4000, unit: !0, spFlags: DISPFlagDefinition)
  !20 = !DILocation(line: 1010, scope: !10)
  !21 = !DILocation(line: 2030, scope: !11, inlinedAt: !23)
  !22 = !DILocation(line: 3050, scope: !12, inlinedAt: !24)
  !23 = distinct !DILocation(line: 1020, scope: !10)
  !24 = distinct !DILocation(line: 2040, scope: !11, inlinedAt: !23)
  !25 = !DILocation(line: 0, scope: !10)
  !26 = !DILocation(line: 1060, scope: !10)
  !27 = !DILocation(line: 4070, scope: !13)
  !28 = !DILocation(line: 2080, scope: !11, inlinedAt: !29)
  !29 = distinct !DILocation(line: 0, scope: !10)
)";

class LocationReader : public testing::TestWithParam<InstructionSet> {
 protected:
  std::unique_ptr<llvm::MemoryBuffer> Emit(absl::string_view ir) {
    absl::StatusOr<Target> target = Target::Create(GetParam(), "baseline");
    EXPECT_OK(target);
    llvm::LLVMContext context;
    return EmitObject(
        *ModuleFromIr(ir, *target, context),
        *target->CreateTargetMachine(llvm::CodeGenOptLevel::Default));
  }
};

INSTANTIATE_TEST_SUITE_P(InstructionSets, LocationReader,
                         testing::Values(InstructionSet::kX86_64,
                                         InstructionSet::kAArch64),
                         [](const auto& info) {
                           return info.param == InstructionSet::kX86_64
                                      ? "X86_64"
                                      : "AArch64";
                         });

TEST_P(LocationReader, ReadsCallsAccessesTrapsAndInlinedChains) {
  const std::unique_ptr<llvm::MemoryBuffer> object = Emit(kIr);
  ASSERT_OK_AND_ASSIGN(const std::vector<ObjectLocation> locations,
                       ReadLocations(*object, FunctionAt));
  using Chain = std::vector<BytecodePlace>;
  std::vector<Chain> chains;
  for (const ObjectLocation& location : locations) {
    EXPECT_THAT(location.function, testing::AnyOf(1u, 4u));
    // A prologue has the line of its function.
    if (location.places.front().bytecode_offset % 1000 != 0) {
      chains.push_back(location.places);
    }
  }
  const std::vector<Chain> kExpected = {
      {{1, 1010}},
      {{2, 2030}, {1, 1020}},
      {{3, 3050}, {2, 2040}, {1, 1020}},
      {{1, 1060}},
      {{2, 2080}, {1, kNoLocation}},
      {{4, 4070}},
  };
  EXPECT_THAT(chains, testing::IsSupersetOf(kExpected));
  EXPECT_THAT(chains, testing::Each(testing::AnyOfArray(kExpected)));
}

TEST_P(LocationReader, OffsetsAreWithinTheFunctionAndAscend) {
  const std::unique_ptr<llvm::MemoryBuffer> object = Emit(kIr);
  ASSERT_OK_AND_ASSIGN(const std::vector<ObjectLocation> locations,
                       ReadLocations(*object, FunctionAt));
  ASSERT_FALSE(locations.empty());
  EXPECT_EQ(locations.front().offset, 0u);
  for (size_t i = 1; i < locations.size(); ++i) {
    const bool same = locations[i].function == locations[i - 1].function;
    if (same) {
      EXPECT_GE(locations[i].offset, locations[i - 1].offset);
    } else {
      EXPECT_EQ(locations[i].offset, 0u);
    }
  }
}

TEST_P(LocationReader, ObjectsWithoutLineTableHaveNone) {
  const std::unique_ptr<llvm::MemoryBuffer> object = Emit(R"(
    define swiftcc void @f1(ptr swiftself %c) {
      ret void
    }
  )");
  EXPECT_THAT(ReadLocations(*object, FunctionAt), IsOkAndHolds(IsEmpty()));
}

// Names that are no function's are left out.
TEST_P(LocationReader, OnlyFunctionsOwnLocations) {
  const std::unique_ptr<llvm::MemoryBuffer> object = Emit(R"(
    define swiftcc void @other(ptr swiftself %c, ptr %p) !dbg !10 {
      store i64 4, ptr %p, !dbg !20
      ret void
    }
    !llvm.dbg.cu = !{!0}
    !llvm.module.flags = !{!2}
    !0 = distinct !DICompileUnit(language: DW_LANG_C, file: !1,
                                 emissionKind: LineTablesOnly)
    !1 = !DIFile(filename: "wasm", directory: "")
    !2 = !{i32 2, !"Debug Info Version", i32 3}
    !3 = !DISubroutineType(types: !{})
    !10 = distinct !DISubprogram(name: "other", file: !1, line: 1000, type: !3,
                                 scopeLine: 1000, unit: !0, spFlags: DISPFlagDefinition)
    !20 = !DILocation(line: 1010, scope: !10)
  )");
  EXPECT_THAT(ReadLocations(*object, FunctionAt), IsOkAndHolds(IsEmpty()));
}

TEST_P(LocationReader, RefusesWhatIsNoObject) {
  EXPECT_THAT(
      ReadLocations(llvm::MemoryBufferRef("no object", "name"), FunctionAt),
      StatusIs(absl::StatusCode::kInternal, testing::_));
}

}  // namespace
}  // namespace wasijit::compiler
