#include "compiler/codegen/pass_pipeline.h"

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/Support/raw_ostream.h"
#include "test/support/llvm_ir.h"
#include "test/support/status_matchers.h"

namespace wasijit::compiler {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::wasijit::test::IrText;
using ::wasijit::test::ModuleFromIr;
using ::wasijit::test::VerifierErrors;

constexpr OptimizationLevel kLevels[] = {OptimizationLevel::kNone,
                                         OptimizationLevel::kQuick,
                                         OptimizationLevel::kFull};

// The IR after the passes of a level, for x86-64-v3.
std::string Optimize(absl::string_view ir, OptimizationLevel level) {
  absl::StatusOr<Target> target =
      Target::Create(InstructionSet::kX86_64, "x86-64-v3");
  EXPECT_OK(target);
  llvm::LLVMContext context;
  const std::unique_ptr<llvm::Module> module =
      ModuleFromIr(ir, *target, context);
  if (module == nullptr) return "";
  OptimizeModule(*module, *target->CreateTargetMachine(CodeGenLevel(level)),
                 level);
  EXPECT_EQ(VerifierErrors(*module), "");
  return IrText(*module);
}

TEST(PassPipeline, LevelsSayHowHardCodeGenerationTries) {
  EXPECT_EQ(CodeGenLevel(OptimizationLevel::kNone),
            llvm::CodeGenOptLevel::None);
  EXPECT_EQ(CodeGenLevel(OptimizationLevel::kQuick),
            llvm::CodeGenOptLevel::Default);
  EXPECT_EQ(CodeGenLevel(OptimizationLevel::kFull),
            llvm::CodeGenOptLevel::Default);
}

constexpr absl::string_view kRedundant = R"(
  define weak_odr swiftcc i64 @f0(ptr swiftself %c, i64 %x) {
    %a = mul i64 %x, 3
    %b = mul i64 %x, 3
    %sum = add i64 %a, %b
    ret i64 %sum
  }
)";

TEST(PassPipeline, NoneChangesNothing) {
  EXPECT_THAT(Optimize(kRedundant, OptimizationLevel::kNone),
              HasSubstr("mul i64 %x, 3\n  %b = mul i64 %x, 3"));
}

TEST(PassPipeline, QuickAndFullSimplify) {
  for (OptimizationLevel level :
       {OptimizationLevel::kQuick, OptimizationLevel::kFull}) {
    EXPECT_THAT(Optimize(kRedundant, level), HasSubstr("mul i64 %x, 6"));
  }
}

TEST(PassPipeline, QuickHoistsOutOfLoops) {
  const std::string ir = Optimize(R"(
    define weak_odr swiftcc void @f0(ptr swiftself %c, i64 %n, i64 %x, ptr %p) {
    entry:
      br label %loop
    loop:
      %i = phi i64 [ 0, %entry ], [ %next, %loop ]
      %square = mul i64 %x, %x
      %at = getelementptr i64, ptr %p, i64 %i
      store i64 %square, ptr %at
      %next = add i64 %i, 1
      %more = icmp ult i64 %next, %n
      br i1 %more, label %loop, label %end
    end:
      ret void
    }
  )",
                                  OptimizationLevel::kQuick);
  EXPECT_LT(ir.find("mul i64 %x, %x"), ir.find("loop:"));
}

constexpr absl::string_view kLoop = R"(
  define weak_odr swiftcc void @f0(ptr swiftself %c, i64 %n, ptr %p) {
  entry:
    br label %loop
  loop:
    %i = phi i64 [ 0, %entry ], [ %next, %loop ]
    %at = getelementptr i32, ptr %p, i64 %i
    %v = load i32, ptr %at, align 1
    %w = add i32 %v, 7
    store i32 %w, ptr %at, align 1
    %next = add i64 %i, 1
    %more = icmp ult i64 %next, %n
    br i1 %more, label %loop, label %end
  end:
    ret void
  }
)";

TEST(PassPipeline, OnlyFullVectorises) {
  EXPECT_THAT(Optimize(kLoop, OptimizationLevel::kQuick),
              Not(HasSubstr("x i32>")));
  EXPECT_THAT(Optimize(kLoop, OptimizationLevel::kFull), HasSubstr("x i32>"));
}

TEST(PassPipeline, OnlyFullInlines) {
  constexpr absl::string_view kCall = R"(
    define available_externally swiftcc i64 @f1(ptr swiftself %c, i64 %x) {
      %r = add i64 %x, 1
      ret i64 %r
    }
    define weak_odr swiftcc i64 @f0(ptr swiftself %c, i64 %x) {
      %r = call swiftcc i64 @f1(ptr swiftself %c, i64 %x)
      ret i64 %r
    }
  )";
  EXPECT_THAT(Optimize(kCall, OptimizationLevel::kQuick), HasSubstr("call "));
  EXPECT_THAT(Optimize(kCall, OptimizationLevel::kFull),
              Not(HasSubstr("call ")));
}

// A load may be a trap. If it went to where its value is used, the other path
// would call the host although the load traps.
TEST(PassPipeline, LoadsStayBeforeTheBranchThatDecidesOnTheirUse) {
  constexpr absl::string_view kIr = R"(
    define weak_odr swiftcc i64 @f0(ptr swiftself %c, i64 %x, ptr %p) {
    entry:
      %v = load i64, ptr %p, align 1
      %test = icmp eq i64 %x, 0
      br i1 %test, label %use, label %other
    use:
      call void @host(i64 1)
      %sum = add i64 %v, %x
      ret i64 %sum
    other:
      call void @host(i64 2)
      ret i64 3
    }
    declare void @host(i64)
  )";
  for (OptimizationLevel level : kLevels) {
    const std::string ir = Optimize(kIr, level);
    const size_t load = ir.find("load i64, ptr %p");
    ASSERT_NE(load, std::string::npos);
    EXPECT_LT(load, ir.find("br i1"));
    EXPECT_LT(load, ir.find("call void @host"));
  }
}

TEST(PassPipeline, VolatileLoadsStay) {
  for (OptimizationLevel level : kLevels) {
    EXPECT_THAT(Optimize(R"(
      define weak_odr swiftcc void @f0(ptr swiftself %c, ptr %p) {
        %v = load volatile i64, ptr %p, align 1
        ret void
      }
    )",
                         level),
                HasSubstr("load volatile i64"));
  }
}

// A call whose result nothing needs may trap.
TEST(PassPipeline, CallsOfFunctionsThatOnlyLoadStay) {
  for (OptimizationLevel level : kLevels) {
    EXPECT_THAT(Optimize(R"(
      define weak_odr swiftcc i64 @f1(ptr swiftself %c, ptr %p) noinline {
        %v = load i64, ptr %p, align 1
        ret i64 %v
      }
      define weak_odr swiftcc void @f0(ptr swiftself %c, ptr %p) {
        %v = call swiftcc i64 @f1(ptr swiftself %c, ptr %p)
        ret void
      }
    )",
                         level),
                HasSubstr("call swiftcc i64 @f1"));
  }
}

// Stores before a trap are visible after it.
TEST(PassPipeline, StoresBeforeATrapStay) {
  for (OptimizationLevel level : kLevels) {
    const std::string ir = Optimize(R"(
      define weak_odr swiftcc void @f0(ptr swiftself %c, ptr %p, i1 %fails) {
        store i64 1, ptr %p, align 1
        br i1 %fails, label %trap, label %ok
      trap:
        fence syncscope("singlethread") seq_cst
        call void @llvm.ubsantrap(i8 2)
        unreachable
      ok:
        store i64 2, ptr %p, align 1
        ret void
      }
      declare void @llvm.ubsantrap(i8)
    )",
                                    level);
    EXPECT_THAT(ir, HasSubstr("store i64 1, ptr %p"));
    EXPECT_LT(ir.find("store i64 1"), ir.find("br i1"));
  }
}

// Endless loops are legal and do not end.
TEST(PassPipeline, EndlessLoopsStay) {
  for (OptimizationLevel level : kLevels) {
    EXPECT_THAT(Optimize(R"(
      define weak_odr swiftcc void @f0(ptr swiftself %c) {
      entry:
        br label %loop
      loop:
        br label %loop
      }
    )",
                         level),
                HasSubstr("br label %loop"));
  }
}

// Images have slots for the functions that move memory and no others of the C
// library.
TEST(PassPipeline, IdiomsBecomeOnlyCallsThatImagesHaveSlotsFor) {
  const std::string filled = Optimize(R"(
    define weak_odr swiftcc void @f0(ptr swiftself %c, i64 %n, ptr %p) {
    entry:
      br label %loop
    loop:
      %i = phi i64 [ 0, %entry ], [ %next, %loop ]
      %at = getelementptr i8, ptr %p, i64 %i
      store i8 0, ptr %at, align 1
      %next = add i64 %i, 1
      %more = icmp ult i64 %next, %n
      br i1 %more, label %loop, label %end
    end:
      ret void
    }
  )",
                                      OptimizationLevel::kFull);
  EXPECT_THAT(filled, HasSubstr("@llvm.memset"));

  const std::string measured = Optimize(R"(
    define weak_odr swiftcc i64 @f0(ptr swiftself %c, ptr %p) {
    entry:
      br label %loop
    loop:
      %at = phi ptr [ %p, %entry ], [ %next, %loop ]
      %v = load i8, ptr %at, align 1
      %zero = icmp eq i8 %v, 0
      %next = getelementptr i8, ptr %at, i64 1
      br i1 %zero, label %end, label %loop
    end:
      %from = ptrtoint ptr %p to i64
      %to = ptrtoint ptr %at to i64
      %length = sub i64 %to, %from
      ret i64 %length
    }
  )",
                                        OptimizationLevel::kFull);
  EXPECT_THAT(measured, Not(HasSubstr("call")));
}

}  // namespace
}  // namespace wasijit::compiler
