// Runs functions of a few instructions: lowered, compiled for a CPU, and
// executed by this process without a runtime.
#ifndef WASIJIT_TEST_COMPILER_LOWERING_INSTRUCTION_RUNNER_H_
#define WASIJIT_TEST_COMPILER_LOWERING_INSTRUCTION_RUNNER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "compiler/codegen/object_emitter.h"
#include "compiler/codegen/optimization_level.h"
#include "compiler/codegen/pass_pipeline.h"
#include "compiler/lowering/llvm_types.h"
#include "compiler/lowering/module_lowering.h"
#include "compiler/syntax/instruction.h"
#include "compiler/target/target.h"
#include "gtest/gtest.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/CallingConv.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Error.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/vm_context_layout.h"
#include "runtime/module/module.h"
#include "runtime/module/value.h"
#include "test/support/llvm_ir.h"
#include "test/support/module_builder.h"

namespace wasijit::test {

inline ValueType TypeOfLetter(char letter) {
  switch (letter) {
    case 'l':
      return ValueType::I64();
    case 'f':
      return ValueType::F32();
    case 'd':
      return ValueType::F64();
    case 'v':
      return ValueType::V128();
    default:
      return ValueType::I32();
  }
}

// A function's type and instructions, without the final `end`.
struct FunctionCode {
  FuncType type;
  std::vector<compiler::Instruction> body;
};

// What applies an instruction to its parameters.
inline FunctionCode OnParameters(const compiler::Instruction& instruction) {
  const compiler::Signature& signature = instruction.info().signature;
  FunctionCode code;
  for (uint32_t i = 0; i < signature.operand_count; ++i) {
    code.type.params.push_back(TypeOfLetter(signature.operands[i]));
    code.body.push_back(Op(compiler::Opcode::kLocalGet, i));
  }
  for (uint32_t i = 0; i < signature.result_count; ++i) {
    code.type.results.push_back(TypeOfLetter(signature.results[i]));
  }
  code.body.push_back(instruction);
  return code;
}

// What pushes a constant; a scalar's bits are the first of the vector.
inline compiler::Instruction ConstantOf(ValueType type, const V128& value) {
  using compiler::Opcode;
  const uint64_t bits = value.Lanes<uint64_t>()[0];
  if (type == ValueType::I32()) return Const(Opcode::kI32Const, uint32_t(bits));
  if (type == ValueType::I64()) return Const(Opcode::kI64Const, bits);
  if (type == ValueType::F32()) return Const(Opcode::kF32Const, uint32_t(bits));
  if (type == ValueType::F64()) return Const(Opcode::kF64Const, bits);
  compiler::Instruction constant = Op(Opcode::kV128Const);
  constant.v128 = value;
  return constant;
}

// What applies an instruction to constants.
inline FunctionCode OnConstants(const compiler::Instruction& instruction,
                                absl::Span<const V128> operands) {
  FunctionCode code = OnParameters(instruction);
  for (size_t i = 0; i < code.type.params.size(); ++i) {
    code.body[i] = ConstantOf(code.type.params[i], operands[i]);
  }
  code.type.params.clear();
  return code;
}

// The CPUs of the host's instruction set, by name, whose code the host runs
// and which differ in their features.
inline std::vector<std::string> RunnableCpus() {
  using compiler::Target;
  const InstructionSet host = compiler::HostInstructionSet();
  const std::vector<std::string> native =
      Target::Create(host, "native")->cpu_features();
  std::vector<std::string> names = {"baseline", "native"};
  for (const char* name : {"x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
    const auto target = Target::Create(host, name);
    if (target.ok() && std::includes(native.begin(), native.end(),
                                     target->cpu_features().begin(),
                                     target->cpu_features().end())) {
      names.push_back(name);
    }
  }
  return names;
}

class InstructionRunner {
 public:
  static constexpr size_t kMemorySize = 4096;

  // The functions have a memory, and nothing else of an instance.
  InstructionRunner(absl::Span<const FunctionCode> functions,
                    const std::string& cpu, compiler::OptimizationLevel level)
      : module_(BuildModule(functions)),
        layout_(module_),
        target_(*compiler::Target::Create(compiler::HostInstructionSet(), cpu)),
        instance_(static_cast<size_t>(layout_.size()) + kMemorySize),
        jit_(llvm::cantFail(llvm::orc::LLJITBuilder().create())) {
    const compiler::LoweringInput input(module_, layout_, target_, {});
    llvm::LLVMContext context;
    compiler::ModuleLowering lowering(input, context);
    for (uint32_t i = 0; i < functions.size(); ++i) {
      lowering.LowerFunction(i, compiler::CodePurpose::kEmit);
      AddEntry(lowering, i);
    }
    const auto code = std::move(lowering).Finish();
    EXPECT_EQ(VerifierErrors(*code), "");
    const auto machine = target_.CreateTargetMachine(CodeGenLevel(level));
    OptimizeModule(*code, *machine, level);
    llvm::cantFail(jit_->addObjectFile(compiler::EmitObject(*code, *machine)));
    for (uint32_t i = 0; i < functions.size(); ++i) {
      entries_.push_back(
          llvm::cantFail(jit_->lookup(EntryName(i))).toPtr<Entry*>());
    }
  }

  absl::Span<uint8_t> memory() {
    return absl::MakeSpan(instance_).subspan(
        static_cast<size_t>(layout_.size()));
  }

  // Scalars lie in the first bytes, the others are zero. Functions have at most
  // two results.
  std::vector<V128> Run(size_t function, absl::Span<const V128> operands) {
    std::vector<V128> results(2);
    entries_[function](
        memory().data() + layout_.PinnedDisplacement(target_.pinned()),
        operands.data(), results.data());
    results.resize(
        module_.FunctionType(static_cast<uint32_t>(function)).results.size());
    return results;
  }

 private:
  using Entry = void(void* context, const V128* operands, V128* results);

  static std::string EntryName(uint32_t function) {
    return absl::StrCat("run", function);
  }

  static Module BuildModule(absl::Span<const FunctionCode> functions) {
    ModuleBuilder builder;
    builder.Memory(MemoryType{});
    for (const FunctionCode& function : functions) {
      builder.Function(function.type, {}, function.body);
    }
    return std::move(builder).Build();
  }

  // Adds an Entry, which calls the function with its own convention.
  static void AddEntry(compiler::ModuleLowering& lowering, uint32_t function) {
    const compiler::NativeSignature& signature =
        lowering.DefinedSignatureOf(function);
    llvm::IRBuilder<> b(lowering.context());
    llvm::Function* entry = llvm::Function::Create(
        llvm::FunctionType::get(b.getVoidTy(),
                                {b.getPtrTy(), b.getPtrTy(), b.getPtrTy()},
                                /*isVarArg=*/false),
        llvm::Function::ExternalLinkage, EntryName(function),
        lowering.llvm_module());
    llvm::AttrBuilder attributes(lowering.context());
    lowering.input().target.AddFunctionAttributes(attributes);
    entry->addFnAttrs(attributes);
    b.SetInsertPoint(llvm::BasicBlock::Create(lowering.context(), "", entry));

    const auto slot = [&](unsigned argument, unsigned index) {
      return b.CreateConstGEP1_32(b.getInt8Ty(), entry->getArg(argument),
                                  index * sizeof(V128));
    };
    std::vector<llvm::Value*> arguments = {entry->getArg(0)};
    for (unsigned i = 1; i < signature.type->getNumParams(); ++i) {
      arguments.push_back(b.CreateAlignedLoad(signature.type->getParamType(i),
                                              slot(1, i - 1), llvm::Align(8)));
    }
    llvm::CallInst* call =
        b.CreateCall(signature.type, lowering.Declare(function), arguments);
    call->setCallingConv(llvm::CallingConv::Swift);
    call->setAttributes(signature.attributes);
    for (unsigned i = 0; i < signature.register_results; ++i) {
      b.CreateAlignedStore(signature.register_results == 1
                               ? call
                               : b.CreateExtractValue(call, i),
                           slot(2, i), llvm::Align(8));
    }
    b.CreateRetVoid();
  }

  Module module_;
  VmContextLayout layout_;
  compiler::Target target_;
  std::vector<uint8_t> instance_;
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::vector<Entry*> entries_;
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_COMPILER_LOWERING_INSTRUCTION_RUNNER_H_
