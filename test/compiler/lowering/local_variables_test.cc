#include "compiler/lowering/local_variables.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/BasicBlock.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "test/support/lowered_wat.h"

namespace wasijit::compiler {
namespace {

using ::wasijit::test::LoweredWat;

TEST(LocalAssignments, AreFoundInHalfOpenRanges) {
  LocalAssignments assignments(2);
  assignments.Add(0, 10);
  assignments.Add(0, 20);
  const struct {
    uint32_t local;
    BytecodeRange range;
    bool expected;
  } kCases[] = {
      {0, {10, 11}, true},  {0, {9, 10}, false},  {0, {0, 100}, true},
      {0, {11, 20}, false}, {0, {11, 21}, true},  {0, {21, 100}, false},
      {0, {10, 10}, false}, {1, {0, 100}, false},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(assignments.IsAssignedIn(test.local, test.range), test.expected)
        << test.range.begin << " " << test.range.end;
  }
}

// What phis a function needs: one for each local that two paths to a place
// assign differently, and that is read there.
TEST(LocalVariables, MakesOnlyThePhisThatAreRead) {
  const struct {
    const char* name;
    const char* body;
    size_t phis;
  } kCases[] = {
      {"straight line", "(local.set 1 (local.get 0)) (local.get 1)", 0},
      {"if that does not assign",
       "(if (local.get 0) (then (nop)) (else (nop))) (local.get 1)", 0},
      {"if that assigns",
       "(if (local.get 0) (then (local.set 1 (i32.const 1)))) (local.get 1)",
       1},
      {"if that assigns what nobody reads",
       "(if (local.get 0) (then (local.set 1 (i32.const 1)))) (local.get 0)",
       0},
      {"both branches assign",
       "(if (local.get 0) (then (local.set 1 (i32.const 1)))"
       " (else (local.set 1 (i32.const 2)))) (local.get 1)",
       1},
      {"both branches assign before a third value",
       "(if (local.get 0) (then (local.set 1 (i32.const 1)))"
       " (else (local.set 1 (i32.const 2))))"
       " (local.set 1 (i32.const 3)) (local.get 1)",
       0},
      {"a branch that does not come back",
       "(if (local.get 0) (then (local.set 1 (i32.const 1)) (return"
       " (i32.const 5)))) (local.get 1)",
       0},
      {"a loop that only reads", "(loop (br_if 0 (local.get 1))) (local.get 1)",
       0},
      {"a loop that assigns what it reads",
       "(loop (local.set 1 (i32.add (local.get 1) (i32.const 1)))"
       " (br_if 0 (local.get 1))) (local.get 1)",
       1},
      {"a loop that assigns before it reads",
       "(loop (local.set 1 (local.get 0)) (br_if 0 (local.get 1)))"
       " (local.get 1)",
       0},
      {"nested loops, one local in the inner",
       "(loop (loop (local.set 1 (i32.add (local.get 1) (i32.const 1)))"
       " (br_if 0 (local.get 1))) (br_if 0 (local.get 1))) (local.get 1)",
       2},
      {"nested loops, the outer reads alone",
       "(loop (loop (local.set 2 (i32.add (local.get 2) (i32.const 1)))"
       " (br_if 0 (local.get 2))) (br_if 0 (local.get 1))) (local.get 1)",
       2},
      {"a block left in two ways",
       "(block (br_if 0 (local.get 0)) (local.set 1 (i32.const 1)))"
       " (local.get 1)",
       1},
      {"a block left in one way",
       "(block (local.set 1 (i32.const 1)) (br 0)) (local.get 1)", 0},
      {"a construct that assigns another local",
       "(if (local.get 0) (then (local.set 2 (i32.const 1)))) (local.get 1)",
       0},
      {"a branch table to one label",
       "(block (local.set 1 (i32.const 1)) (br_table 0 0 0 (local.get 0)))"
       " (local.get 1)",
       0},
      {"a branch table to two labels",
       "(block (block (local.set 1 (i32.const 1)) (br_table 0 1 (local.get 0)))"
       " (local.set 1 (i32.const 2))) (local.get 1)",
       1},
  };
  for (const auto& test : kCases) {
    const LoweredWat lowered(
        absl::StrCat("(module (func (param i32) (result i32) (local i32 i32) ",
                     test.body, "))"));
    EXPECT_EQ(lowered.Count<llvm::PHINode>(0), test.phis) << test.name << "\n"
                                                          << lowered.Text(0);
  }
}

// An empty function of a module, to build regions in.
class Regions : public testing::Test {
 protected:
  llvm::BasicBlock* Block() {
    return llvm::BasicBlock::Create(context_, "", function_);
  }
  llvm::Value* Number(uint64_t value) {
    return llvm::ConstantInt::get(llvm::Type::getInt32Ty(context_), value);
  }

  llvm::LLVMContext context_;
  llvm::Module module_{"module", context_};
  llvm::Function* function_ = llvm::Function::Create(
      llvm::FunctionType::get(llvm::Type::getVoidTy(context_), false),
      llvm::GlobalValue::ExternalLinkage, "function", module_);
  LocalAssignments assignments_{1};
  std::vector<llvm::Type*> types_ = {llvm::Type::getInt32Ty(context_)};
};

TEST_F(Regions, LoopPhisGetTheirBackEdgesWhenTheLoopCloses) {
  assignments_.Add(0, 15);
  LocalVariables locals(types_, assignments_);
  auto* entry = locals.NewEntry();
  locals.Set(entry, 0, Number(1));
  llvm::BasicBlock* before = Block();
  llvm::BasicBlock* header = Block();
  auto* loop = locals.NewLoop({entry, before}, {10, 20}, header);
  auto* phi = llvm::dyn_cast<llvm::PHINode>(locals.Get(loop, 0));
  ASSERT_NE(phi, nullptr);
  EXPECT_EQ(phi->getNumIncomingValues(), 0u);

  auto* body = locals.NewSuccessor(loop);
  locals.Set(body, 0, Number(2));
  llvm::BasicBlock* latch = Block();
  locals.AddBackEdge(loop, {body, latch});
  locals.CloseLoop(loop);
  ASSERT_EQ(phi->getNumIncomingValues(), 2u);
  EXPECT_EQ(phi->getIncomingValueForBlock(before), Number(1));
  EXPECT_EQ(phi->getIncomingValueForBlock(latch), Number(2));
}

TEST_F(Regions, JoinsOfUnassignedLocalsLookThroughTheConstruct) {
  assignments_.Add(0, 5);
  LocalVariables locals(types_, assignments_);
  auto* entry = locals.NewEntry();
  locals.Set(entry, 0, Number(1));
  auto* one = locals.NewSuccessor(entry);
  auto* two = locals.NewSuccessor(entry);
  auto* join = locals.NewJoin(entry, {10, 20}, {{one, Block()}, {two, Block()}},
                              Block());
  EXPECT_EQ(locals.Get(join, 0), Number(1));
}

// Depth costs neither stack nor quadratic time.
TEST_F(Regions, FindsValuesThroughManyRegions) {
  assignments_.Add(0, 15);
  LocalVariables locals(types_, assignments_);
  auto* region = locals.NewEntry();
  locals.Set(region, 0, Number(7));
  constexpr int kDepth = 200'000;
  for (int i = 0; i < kDepth; ++i) region = locals.NewSuccessor(region);
  EXPECT_EQ(locals.Get(region, 0), Number(7));

  for (int i = 0; i < kDepth / 10; ++i) {
    auto* other = locals.NewSuccessor(region);
    region = locals.NewJoin(region, {10, 20},
                            {{region, Block()}, {other, Block()}}, Block());
  }
  auto* phi = llvm::dyn_cast<llvm::PHINode>(locals.Get(region, 0));
  ASSERT_NE(phi, nullptr);
  EXPECT_EQ(phi->getNumIncomingValues(), 2u);
}

TEST_F(Regions, LocalsInMemoryHaveSlotsInsteadOfPhis) {
  assignments_.Add(0, 15);
  LocalVariables locals(types_, assignments_);
  llvm::BasicBlock* before = Block();
  llvm::BasicBlock* header = Block();
  llvm::IRBuilder<> builder(before);
  locals.KeepInMemory(builder);
  LocalVariables::Region* entry = locals.NewEntry();
  locals.Set(entry, 0, Number(1));
  LocalVariables::Region* loop =
      locals.NewLoop({entry, before}, {10, 20}, header);
  builder.SetInsertPoint(header);
  const llvm::Value* read = locals.Get(loop, 0);
  locals.Set(loop, 0, Number(2));
  locals.AddBackEdge(loop, {loop, header});
  locals.CloseLoop(loop);

  const auto* load = llvm::dyn_cast<llvm::LoadInst>(read);
  ASSERT_NE(load, nullptr);
  EXPECT_EQ(load->getParent(), header);
  EXPECT_TRUE(llvm::isa<llvm::AllocaInst>(load->getPointerOperand()));
  EXPECT_EQ(before->size(), 2u) << "a slot and its first value";
  EXPECT_EQ(header->size(), 2u) << "a load and a store";
}

// The value is found from everywhere, however far away it is.
TEST_F(Regions, LongSearchesAreRemembered) {
  LocalVariables locals(types_, assignments_);
  LocalVariables::Region* region = locals.NewEntry();
  locals.Set(region, 0, Number(7));
  std::vector<LocalVariables::Region*> regions;
  for (int i = 0; i < 1'000; ++i) {
    region = locals.NewSuccessor(region);
    regions.push_back(region);
  }
  EXPECT_EQ(locals.Get(region, 0), Number(7));
  for (LocalVariables::Region* other : regions) {
    EXPECT_EQ(locals.Get(other, 0), Number(7));
  }
}

}  // namespace
}  // namespace wasijit::compiler
