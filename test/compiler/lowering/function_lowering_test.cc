#include "compiler/lowering/function_lowering.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/codegen/image_linker.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/codegen/pass_pipeline.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/syntax/features.h"
#include "compiler/syntax/instruction.h"
#include "compiler/target/target.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "test/support/llvm_ir.h"
#include "test/support/module_builder.h"
#include "test/support/status_matchers.h"
#include "test/support/wat.h"

namespace wasijit::compiler {
namespace {

using ::testing::IsEmpty;
using ::wasijit::test::ModuleBuilder;
using ::wasijit::test::ModuleFromWat;
using ::wasijit::test::VerifierErrors;

constexpr InstructionSet kInstructionSets[] = {InstructionSet::kX86_64,
                                               InstructionSet::kAArch64};
constexpr LoweringOptions kOptions[] = {
    {.bounds_checks = BoundsChecks::kGuardPages, .strict_traps = false},
    {.bounds_checks = BoundsChecks::kExplicit, .strict_traps = false},
    {.bounds_checks = BoundsChecks::kGuardPages, .strict_traps = true},
};

// Which memories a module has, and the one that its instructions access.
struct MemoryShape {
  const char* name;
  std::vector<MemoryType> imported;
  std::vector<MemoryType> own;
  uint32_t index;

  const MemoryType& accessed() const {
    return index < imported.size() ? imported[index]
                                   : own[index - imported.size()];
  }
};

MemoryType Memory32() {
  MemoryType type;
  type.limits.min = 1;
  return type;
}

MemoryType Memory64() {
  MemoryType type = Memory32();
  type.limits.is64 = true;
  return type;
}

MemoryType MemoryOfBytes() {
  MemoryType type = Memory32();
  type.page_size_log2 = 0;
  return type;
}

std::vector<MemoryShape> MemoryShapes() {
  return {
      {"own", {}, {Memory32()}, 0},
      {"imported", {Memory32()}, {}, 0},
      {"second", {}, {Memory32(), Memory32()}, 1},
      {"beside_import", {Memory32(), Memory32()}, {Memory32()}, 2},
      {"memory64", {}, {Memory64()}, 0},
      {"pages_of_one_byte", {}, {MemoryOfBytes()}, 0},
  };
}

std::optional<ValueType> TypeOfLetter(char letter, const MemoryType& memory) {
  switch (letter) {
    case 'i':
      return ValueType::I32();
    case 'l':
      return ValueType::I64();
    case 'f':
      return ValueType::F32();
    case 'd':
      return ValueType::F64();
    case 'v':
      return ValueType::V128();
    case 'a':
      return memory.limits.AddressType();
    default:
      return std::nullopt;
  }
}

// The type of a function that does nothing but one instruction; nothing if the
// instruction's types depend on its context or are of the GC proposal.
std::optional<FuncType> TypeOfRow(const InstructionInfo& info,
                                  const MemoryType& memory) {
  if (!info.signature.monomorphic) return std::nullopt;
  FuncType type;
  for (uint8_t i = 0; i < info.signature.operand_count; ++i) {
    const auto operand = TypeOfLetter(info.signature.operands[i], memory);
    if (!operand.has_value()) return std::nullopt;
    type.params.push_back(*operand);
  }
  for (uint8_t i = 0; i < info.signature.result_count; ++i) {
    const auto result = TypeOfLetter(info.signature.results[i], memory);
    if (!result.has_value()) return std::nullopt;
    type.results.push_back(*result);
  }
  return type;
}

// The instruction with immediates that fit a module made by RowModule.
Instruction InstructionOfRow(const InstructionInfo& info, uint32_t memory) {
  Instruction instruction;
  instruction.opcode = info.opcode;
  instruction.memarg = {
      .offset = 16, .memory = memory, .align_log2 = info.access_size_log2};
  instruction.bits = 0x4048f5c3;
  for (size_t i = 0; i < 16; ++i) {
    instruction.v128.bytes[i] = static_cast<uint8_t>(31 - 2 * i);
  }
  if (info.immediate == ImmediateKind::kMemory) instruction.index = memory;
  if (info.immediate == ImmediateKind::kMemoryInit) instruction.index2 = memory;
  return instruction;
}

struct RowModule {
  Module module;
  // By defined function.
  std::vector<const InstructionInfo*> rows;
};

// A module with a function for each of the rows.
RowModule BuildRows(const MemoryShape& shape,
                    absl::Span<const InstructionInfo> rows) {
  RowModule result;
  ModuleBuilder builder;
  for (const MemoryType& memory : shape.imported) builder.ImportMemory(memory);
  for (const MemoryType& memory : shape.own) builder.Memory(memory);
  builder.Data();
  builder.Elements();
  for (const InstructionInfo& info : rows) {
    const auto type = TypeOfRow(info, shape.accessed());
    if (!type.has_value()) continue;
    std::vector<Instruction> body;
    for (uint32_t i = 0; i < type->params.size(); ++i) {
      body.push_back(test::Op(Opcode::kLocalGet, i));
    }
    body.push_back(InstructionOfRow(info, shape.index));
    builder.Function(*type, {}, body);
    result.rows.push_back(&info);
  }
  result.module = std::move(builder).Build();
  return result;
}

// The rows of the table that need nothing around them.
std::vector<InstructionInfo> LoneRows(const MemoryShape& shape) {
  std::vector<InstructionInfo> rows;
  for (const InstructionInfo& info : kInstructions) {
    if (!BuildRows(shape, {&info, 1}).rows.empty()) rows.push_back(info);
  }
  return rows;
}

std::unique_ptr<llvm::Module> Lower(const Module& module, const Target& target,
                                    const LoweringOptions& options,
                                    llvm::LLVMContext& context) {
  const VmContextLayout layout(module);
  const LoweringInput input(module, layout, target, options);
  ModuleLowering lowering(input, context);
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    lowering.LowerFunction(i, CodePurpose::kEmit);
  }
  return std::move(lowering).Finish();
}

// Instructions whose operands depend on their context, each at least once. What
// the proposals of function references bring is in a module of its own, as
// typed references make a table's or local's type another one.
constexpr absl::string_view kContextual[] = {
    R"(
(module
  (type $ii (func (param i32) (result i32)))
  (import "m" "f" (func $import (type $ii)))
  (import "m" "g" (global $imported (mut i64)))
  (import "m" "t" (table $shared 1 funcref))
  (memory $m 1)
  (memory $n 1)
  (memory $wide i64 1)
  (table $fixed 8 8 funcref)
  (table $growable 1 100 funcref)
  (table $objects 1 externref)
  (table $long i64 1 funcref)
  (global $own (mut f32) (f32.const 0))
  (global $constant i32 (i32.const 1))
  (global $vector (mut v128) (v128.const i64x2 0 0))
  (global $reference (mut externref) (ref.null extern))
  (elem $e func $self)
  (elem $x externref (ref.null extern))
  (data $d "abc")
  (func $self (export "self") (type $ii) (local.get 0))
  (func (param i32) unreachable)
  (func (param i32) (result i32)
    (block (result i32) (nop) (br 0 (local.get 0))))
  (func (param i32) (loop (br_if 0 (local.get 0))))
  (func (param i32 i64) (result i64)
    (if (result i64) (local.get 0)
      (then (local.get 1)) (else (i64.const 1))))
  (func (param i32) (if (local.get 0) (then (return))))
  (func (param i32) (result f64)
    (block $a (result f64)
      (block $b (result f64)
        (br_table $a $b $a 2 $b (f64.const 1) (local.get 0)))
      (drop) (f64.const 2)))
  (func (param i32) (result i32) (call $self (call $import (local.get 0))))
  (func (param i32 i32) (result i32)
    (call_indirect $fixed (type $ii) (local.get 0) (local.get 1)))
  (func (param i32 i32) (result i32)
    (call_indirect $growable (type $ii) (local.get 0) (local.get 1)))
  (func (param i32 i32) (result i32)
    (call_indirect $shared (type $ii) (local.get 0) (local.get 1)))
  (func (param i32 i64) (result i32)
    (call_indirect $long (type $ii) (local.get 0) (local.get 1)))
  (func (param i32) (result i32) (return_call $self (local.get 0)))
  (func (param i32) (result i32) (return_call $import (local.get 0)))
  (func (param i32 i32) (result i32)
    (return_call_indirect $fixed (type $ii) (local.get 0) (local.get 1)))
  (func (param i32 i32 i32) (result i32)
    (select (local.get 0) (local.get 1) (local.get 2)))
  (func (param externref externref i32) (result externref)
    (select (result externref)
      (local.get 0) (local.get 1) (local.get 2)))
  (func (param i32) (result i32) (local v128 i64 externref)
    (local.set 1 (v128.const i64x2 1 2))
    (drop (local.tee 2 (i64.const 1))) (local.get 0))
  (func (result f32 i64 v128 externref i32)
    (global.set $own (f32.const 1)) (global.set $imported (i64.const 2))
    (global.set $vector (v128.const i64x2 1 2))
    (global.set $reference (ref.null extern))
    (global.get $own) (global.get $imported) (global.get $vector)
    (global.get $reference) (global.get $constant))
  (func (param i32 externref) (result externref i32)
    (table.set $objects (local.get 0) (local.get 1))
    (table.get $objects (local.get 0))
    (table.grow $objects (local.get 1) (local.get 0)))
  (func (param i64 funcref) (result funcref i64)
    (table.set $long (local.get 0) (local.get 1))
    (table.get $long (local.get 0))
    (table.grow $long (local.get 1) (local.get 0)))
  (func (param i32 funcref) (result funcref i32)
    (table.set $fixed (local.get 0) (local.get 1))
    (table.get $fixed (local.get 0))
    (table.size $fixed))
  (func (param i32 i32 i32 externref funcref)
    (table.fill $objects (local.get 0) (local.get 3) (local.get 1))
    (table.fill $growable (local.get 0) (local.get 4) (local.get 1))
    (table.copy $fixed $growable (local.get 0) (local.get 1) (local.get 2))
    (table.copy $fixed $long
      (local.get 0) (i64.extend_i32_u (local.get 1)) (local.get 2))
    (table.init $fixed $e (local.get 0) (local.get 1) (local.get 2))
    (table.init $objects $x (local.get 0) (local.get 1) (local.get 2))
    (elem.drop $e))
  (func (param i32 i32 i32)
    (memory.copy $m $m (local.get 0) (local.get 1) (local.get 2))
    (memory.copy $m $n (local.get 0) (local.get 1) (local.get 2))
    (memory.copy $m $wide
      (local.get 0) (i64.extend_i32_u (local.get 1)) (local.get 2)))
  (func (param externref) (result i32) (ref.is_null (local.get 0)))
  (func (result funcref) (ref.func $self))
)
)",
    R"(
(module
  (type $ii (func (param i32) (result i32)))
  (func $self (export "self") (type $ii) (local.get 0))
  (func (param i32 (ref null $ii)) (result i32)
    (call_ref $ii (local.get 0) (local.get 1)))
  (func (param i32 (ref null $ii)) (result i32)
    (return_call_ref $ii (local.get 0) (local.get 1)))
  (func (param (ref null $ii)) (result (ref $ii))
    (ref.as_non_null (local.get 0)))
  (func (param (ref null $ii)) (result i32)
    (block $null
      (return (call_ref $ii (i32.const 1)
        (br_on_null $null (local.get 0)))))
    (i32.const 2))
  (func (param (ref null $ii)) (result i32)
    (call_ref $ii (i32.const 1)
      (block $found (result (ref $ii))
        (br_on_non_null $found (local.get 0))
        (return (i32.const 2)))))
)
)",
    R"(
(module
  (import "env" "f" (func $import (param i32) (result i32)))
  (tag $t (param i32))
  (tag $u (param f64 v128))
  (func (param i32 f64 v128 exnref)
    (if (local.get 0) (then (throw $t (i32.const 1))))
    (if (i32.eqz (local.get 0))
      (then (throw $u (local.get 1) (local.get 2))))
    (throw_ref (local.get 3)))
  (func (param i32) (result i32)
    (block $t (result i32)
      (block $u (result f64 v128 exnref)
        (block $all (result exnref)
          (try_table (result i32)
              (catch $t $t) (catch_ref $u $u) (catch_all_ref $all)
            (local.set 0 (call $import (local.get 0)))
            (block
              (try_table (catch_all 0) (drop (call $import (local.get 0)))))
            (call $import (local.get 0)))
          (return))
        (throw_ref))
      (unreachable)))
  (func (param i32) (result i32)
    (try $outer (result i32)
      (do
        (try (result i32)
          (do (call $import (local.get 0)))
          (catch $t (local.set 0 (i32.const 3)))
          (catch $u (rethrow 0))
          (catch_all (try (do (rethrow 1)) (delegate $outer)) (unreachable))))
      (catch_all (i32.const 2))))
  (func (try (do (return)) (catch $t (drop))))
)
)",
    R"(
(module
  (rec (type $s (sub (struct (field i8) (field (mut i64)) (field anyref))))
       (type $t (sub final $s (struct (field i8) (field (mut i64))
                                      (field (ref null $t)) (field externref)
                                      (field v128) (field (mut i16))))))
  (type $bytes (array (mut i8)))
  (type $longs (array (mut i64)))
  (type $refs (array (mut (ref null $s))))
  (memory 1)
  (data $d "0123456789")
  (elem $e (ref null $s) (ref.null $s))
  (global $g (mut (ref null $s)) (struct.new_default $s))
  (table $tb 1 (ref null $s))
  (func (param i32 i64 anyref) (result (ref $s))
    (struct.new $s (local.get 0) (local.get 1) (local.get 2)))
  (func (result (ref $t)) (struct.new_default $t))
  (func (param (ref null $t)) (result i32 i32 i32 i32 i64)
    (struct.get_s $t 0 (local.get 0)) (struct.get_u $t 0 (local.get 0))
    (struct.get_s $t 5 (local.get 0)) (struct.get_u $t 5 (local.get 0))
    (struct.get $t 1 (local.get 0)))
  (func (param (ref $t) i32) (struct.set $t 5 (local.get 0) (local.get 1)))
  (func (param i32 i32) (result (ref $bytes))
    (array.new $bytes (local.get 0) (local.get 1)))
  (func (param i64 i32) (result (ref $longs))
    (array.new $longs (local.get 0) (local.get 1)))
  (func (param i32) (result (ref $refs))
    (array.new_default $refs (local.get 0)))
  (func (result (ref $longs))
    (array.new_fixed $longs 2 (i64.const 1) (i64.const 2)))
  (func (param i32 i32) (result (ref $longs))
    (array.new_data $longs $d (local.get 0) (local.get 1)))
  (func (param i32 i32) (result (ref $refs))
    (array.new_elem $refs $e (local.get 0) (local.get 1)))
  (func (param (ref null $bytes) i32) (result i32 i32)
    (array.get_s $bytes (local.get 0) (local.get 1))
    (array.get_u $bytes (local.get 0) (local.get 1)))
  (func (param (ref null $longs) i32) (result i64)
    (array.get $longs (local.get 0) (local.get 1)))
  (func (param (ref null $longs) i32 i64)
    (array.set $longs (local.get 0) (local.get 1) (local.get 2)))
  (func (param arrayref) (result i32) (array.len (local.get 0)))
  (func (param (ref null $refs) (ref null $s) i32)
    (array.fill $refs (local.get 0) (local.get 2) (local.get 1) (local.get 2))
    (array.copy $refs $refs (local.get 0) (local.get 2) (local.get 0)
      (local.get 2) (local.get 2))
    (array.init_elem $refs $e (local.get 0) (local.get 2) (local.get 2)
      (local.get 2)))
  (func (param (ref null $bytes) i32)
    (array.fill $bytes (local.get 0) (local.get 1) (local.get 1) (local.get 1))
    (array.init_data $bytes $d (local.get 0) (local.get 1) (local.get 1)
      (local.get 1)))
  (func (param i32) (result i31ref) (ref.i31 (local.get 0)))
  (func (param i31ref) (result i32 i32)
    (i31.get_s (local.get 0)) (i31.get_u (local.get 0)))
  (func (param eqref eqref) (result i32)
    (ref.eq (local.get 0) (local.get 1)))
  (func (param anyref) (result i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (ref.test (ref any) (local.get 0)) (ref.test eqref (local.get 0))
    (ref.test (ref i31) (local.get 0)) (ref.test (ref struct) (local.get 0))
    (ref.test arrayref (local.get 0)) (ref.test nullref (local.get 0))
    (ref.test (ref $s) (local.get 0)) (ref.test (ref null $t) (local.get 0))
    (ref.test (ref none) (local.get 0)))
  (func (param anyref) (result (ref $s)) (ref.cast (ref $s) (local.get 0)))
  (func (param anyref) (result (ref null $t))
    (ref.cast (ref null $t) (local.get 0)))
  (func (param anyref) (result (ref $s))
    (block $yes (result (ref $s))
      (br_on_cast $yes anyref (ref $s) (local.get 0))
      (unreachable)))
  (func (param anyref) (result anyref)
    (block $no (result anyref)
      (br_on_cast_fail $no anyref (ref null $t) (local.get 0))
      (drop) (unreachable)))
  (func (param externref) (result anyref) (any.convert_extern (local.get 0)))
  (func (param anyref) (result externref) (extern.convert_any (local.get 0)))
  (func (param i32 (ref null $s)) (result (ref null $s) (ref null $s) i32)
    (global.set $g (local.get 1)) (global.get $g)
    (table.set $tb (local.get 0) (local.get 1))
    (table.fill $tb (local.get 0) (local.get 1) (local.get 0))
    (table.get $tb (local.get 0))
    (table.grow $tb (local.get 1) (local.get 0)))
)
)",
    R"(
(module
  (rec (type $base (sub (struct (field i32)))))
  (rec (type $a (sub $base (descriptor $d) (struct (field i32) (field i64))))
       (type $d (sub (describes $a) (descriptor $m) (struct (field f32))))
       (type $m (sub (describes $d) (struct))))
  (rec (type $s (descriptor $t) (struct)) (type $t (describes $s) (struct)))
  (func (param i32 i64 (ref null (exact $d))) (result (ref (exact $a)))
    (struct.new_desc $a (local.get 0) (local.get 1) (local.get 2)))
  (func (param (ref null (exact $t))) (result (ref $s))
    (struct.new_default_desc $s (local.get 0)))
  (func (param (ref null $a)) (result (ref $d))
    (ref.get_desc $a (local.get 0)))
  (func (param anyref (ref null $d)) (result (ref null $a))
    (ref.cast_desc_eq (ref null $a) (local.get 0) (local.get 1)))
  (func (param anyref (ref $t)) (result (ref $s))
    (ref.cast_desc_eq (ref $s) (local.get 0) (local.get 1)))
  (func (param anyref (ref $t)) (result (ref null $s))
    (block $yes (result (ref null $s))
      (br_on_cast_desc_eq $yes anyref (ref null $s)
        (local.get 0) (local.get 1))
      (unreachable)))
  (func (param anyref (ref null $d)) (result anyref)
    (block $no (result anyref)
      (br_on_cast_desc_eq_fail $no anyref (ref $a) (local.get 0) (local.get 1))
      (drop) (unreachable)))
)
)",
};

std::set<Opcode> OpcodesOf(const Module& module) {
  std::set<Opcode> opcodes;
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    InstructionReader reader(module, module.functions[i].body);
    Instruction instruction;
    while (reader.Next(instruction)) opcodes.insert(instruction.opcode);
  }
  return opcodes;
}

TEST(FunctionLowering, KnowsEveryInstruction) {
  std::set<Opcode> lowered;
  for (const InstructionInfo& info : LoneRows(MemoryShapes()[0])) {
    lowered.insert(info.opcode);
  }
  for (absl::string_view wat : kContextual) {
    ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(wat));
    lowered.merge(OpcodesOf(module));
  }
  for (const InstructionInfo& info : kInstructions) {
    EXPECT_TRUE(lowered.contains(info.opcode)) << info.text;
  }
}

// Every row over every kind of memory lowers to correct IR.
TEST(FunctionLowering, EveryInstructionVerifies) {
  for (const MemoryShape& shape : MemoryShapes()) {
    const RowModule rows = BuildRows(shape, LoneRows(shape));
    for (InstructionSet instruction_set : kInstructionSets) {
      ASSERT_OK_AND_ASSIGN(const Target target,
                           Target::Create(instruction_set, "baseline"));
      for (const LoweringOptions& options : kOptions) {
        SCOPED_TRACE(
            absl::StrCat(shape.name, " ", target.traits().triple, " explicit ",
                         options.bounds_checks == BoundsChecks::kExplicit,
                         " strict ", options.strict_traps));
        llvm::LLVMContext context;
        const auto module = Lower(rows.module, target, options, context);
        EXPECT_EQ(VerifierErrors(*module), "");
        ASSERT_EQ(rows.rows.size(), rows.module.num_defined_functions());
        for (const llvm::Function& function : *module) {
          if (function.hasWeakODRLinkage()) {
            EXPECT_FALSE(function.empty()) << function.getName().str();
          }
        }
      }
    }
  }
}

TEST(FunctionLowering, EveryContextualInstructionVerifies) {
  for (absl::string_view wat : kContextual) {
    ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(wat));
    for (InstructionSet instruction_set : kInstructionSets) {
      ASSERT_OK_AND_ASSIGN(const Target target,
                           Target::Create(instruction_set, "baseline"));
      for (const LoweringOptions& options : kOptions) {
        llvm::LLVMContext context;
        EXPECT_EQ(VerifierErrors(*Lower(module, target, options, context)), "");
      }
    }
  }
}

struct EmissionCase {
  InstructionSet instruction_set;
  const char* cpu;
  OptimizationLevel level;
};

std::string EmissionName(const testing::TestParamInfo<EmissionCase>& info) {
  constexpr const char* kLevels[] = {"None", "Quick", "Full"};
  std::string cpu = info.param.cpu;
  std::erase(cpu, '-');
  return absl::StrCat(info.param.instruction_set == InstructionSet::kX86_64
                          ? "X86_64_"
                          : "AArch64_",
                      cpu, "_", kLevels[static_cast<int>(info.param.level)]);
}

class Emission : public testing::TestWithParam<EmissionCase> {
 protected:
  // Optimises, emits and links; fails the test if the IR becomes wrong or the
  // code needs what images do not have: other libraries, absolute addresses.
  void Emit(const Module& module, const LoweringOptions& options) {
    ASSERT_OK_AND_ASSIGN(
        const Target target,
        Target::Create(GetParam().instruction_set, GetParam().cpu));
    llvm::LLVMContext context;
    const auto code = Lower(module, target, options, context);
    const auto machine =
        target.CreateTargetMachine(CodeGenLevel(GetParam().level));
    OptimizeModule(*code, *machine, GetParam().level);
    EXPECT_EQ(VerifierErrors(*code), "");
    std::vector<std::unique_ptr<llvm::MemoryBuffer>> objects;
    objects.push_back(EmitObject(*code, *machine));
    ASSERT_OK_AND_ASSIGN(
        const LinkedCode linked,
        LinkImage(GetParam().instruction_set, std::move(objects)));
    EXPECT_EQ(linked.functions.size(), module.num_defined_functions());
  }
};

INSTANTIATE_TEST_SUITE_P(
    Targets, Emission,
    testing::Values(EmissionCase{InstructionSet::kX86_64, "baseline",
                                 OptimizationLevel::kNone},
                    EmissionCase{InstructionSet::kX86_64, "baseline",
                                 OptimizationLevel::kQuick},
                    EmissionCase{InstructionSet::kX86_64, "baseline",
                                 OptimizationLevel::kFull},
                    EmissionCase{InstructionSet::kX86_64, "x86-64-v4",
                                 OptimizationLevel::kNone},
                    EmissionCase{InstructionSet::kX86_64, "x86-64-v4",
                                 OptimizationLevel::kFull},
                    EmissionCase{InstructionSet::kAArch64, "baseline",
                                 OptimizationLevel::kNone},
                    EmissionCase{InstructionSet::kAArch64, "baseline",
                                 OptimizationLevel::kQuick},
                    EmissionCase{InstructionSet::kAArch64, "baseline",
                                 OptimizationLevel::kFull},
                    EmissionCase{InstructionSet::kAArch64, "neoverse-v1",
                                 OptimizationLevel::kFull}),
    EmissionName);

TEST_P(Emission, EveryInstructionBecomesMachineCode) {
  for (const MemoryShape& shape :
       {MemoryShape{"own", {}, {Memory32()}, 0},
        MemoryShape{"memory64", {}, {Memory64()}, 0}}) {
    SCOPED_TRACE(shape.name);
    const RowModule rows = BuildRows(shape, LoneRows(shape));
    for (const LoweringOptions& options : kOptions) Emit(rows.module, options);
  }
}

TEST_P(Emission, EveryContextualInstructionBecomesMachineCode) {
  for (absl::string_view wat : kContextual) {
    ASSERT_OK_AND_ASSIGN(const Module module, ModuleFromWat(wat));
    for (const LoweringOptions& options : kOptions) Emit(module, options);
  }
}

}  // namespace
}  // namespace wasijit::compiler
