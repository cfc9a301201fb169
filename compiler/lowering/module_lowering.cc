#include "compiler/lowering/module_lowering.h"

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "compiler/binary/branch_hints.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/lowering/function_lowering.h"
#include "compiler/lowering/llvm_types.h"
#include "compiler/syntax/features.h"
#include "compiler/syntax/instruction.h"
#include "compiler/syntax/verb.h"
#include "compiler/target/symbols.h"
#include "compiler/target/target.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/CallingConv.h"
#include "llvm/IR/DIBuilder.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Function.h"
#include "llvm/IR/GlobalValue.h"
#include "llvm/IR/Instruction.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Metadata.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CodeGen.h"
#include "llvm/TargetParser/Triple.h"
#include "runtime/abi/libcalls.h"
#include "runtime/module/module.h"

namespace wasijit::compiler {
namespace {

// Frames larger than this touch every page on the way down. Half of the
// smallest stack guard would do; smaller steps cost nothing measurable.
constexpr char kStackProbeSize[] = "65536";

// LLVM's type for a C++ type of a libcall's prototype.
template <typename T>
llvm::Type* CType(llvm::LLVMContext& context) {
  if constexpr (std::is_void_v<T>) {
    return llvm::Type::getVoidTy(context);
  } else if constexpr (std::is_pointer_v<T>) {
    return llvm::PointerType::getUnqual(context);
  } else if constexpr (std::is_same_v<T, bool>) {
    return llvm::Type::getInt1Ty(context);
  } else {
    static_assert(std::is_integral_v<T>);
    return llvm::IntegerType::get(context, sizeof(T) * 8);
  }
}

template <typename Result, typename... Parameters>
llvm::FunctionType* CFunctionType(llvm::LLVMContext& context,
                                  Result (* /*prototype*/)(Parameters...)) {
  return llvm::FunctionType::get(CType<Result>(context),
                                 {CType<Parameters>(context)...},
                                 /*isVarArg=*/false);
}

llvm::FunctionType* LibcallType(llvm::LLVMContext& context, Libcall libcall) {
  switch (libcall) {
    case Libcall::kMemcpy:
    case Libcall::kMemmove:
    case Libcall::kMemset:
      break;
#define LIBCALL(name, result, parameters) \
  case Libcall::k##name:                  \
    return CFunctionType(context, static_cast<result(*) parameters>(nullptr));
#include "runtime/abi/libcalls.def"
  }
  assert(false && "memory intrinsics are not called by name");
  return nullptr;
}

std::vector<GcStructureLayout> LayOutStructures(const Module& module) {
  std::vector<GcStructureLayout> layouts(module.types.size());
  for (size_t i = 0; i < layouts.size(); ++i) {
    const StructType* structure = module.types[i].structure();
    if (structure == nullptr) continue;
    layouts[i] = LayOut(
        *structure, [&](HeapType type) { return module.Top(type); },
        DescriptorPosition(module.types[i],
                           [&](uint32_t type) -> const SubType& {
                             return module.types[type];
                           }));
  }
  return layouts;
}

// Hints that make no sense are ignored, like any custom section.
absl::flat_hash_map<uint32_t, bool> FindBranchHints(const Module& module) {
  absl::flat_hash_map<uint32_t, bool> found;
  for (const CustomSection& section : module.custom_sections) {
    if (section.name != kBranchHintSection) continue;
    const auto functions = ReadBranchHints(module.Bytes(section.payload));
    if (!functions.ok()) continue;
    for (const FunctionBranchHints& function : *functions) {
      if (function.function >= module.functions.size()) continue;
      const ByteRange body = module.functions[function.function].body;
      for (const BranchHint& hint : function.hints) {
        if (hint.offset >= body.size) continue;
        found[static_cast<uint32_t>(body.offset) + hint.offset] =
            hint.value != 0;
      }
    }
  }
  return found;
}

}  // namespace

LoweringInput::LoweringInput(const Module& module,
                             const VmContextLayout& layout,
                             const Target& target, LoweringOptions options)
    : module(module),
      layout(layout),
      target(target),
      options(options),
      tail_callers(module.functions.size()),
      closed_tables(module),
      structures(LayOutStructures(module)),
      branch_hints(FindBranchHints(module)) {
  ScanBodies();
}

void LoweringInput::ScanBodies() {
  Instruction instruction;
  for (uint32_t i = module.num_imported_functions; i < module.functions.size();
       ++i) {
    InstructionReader reader(module, module.functions[i].body);
    while (reader.Next(instruction)) {
      closed_tables.See(instruction);
      if (instruction.info().feature == Feature::kTailCall ||
          instruction.verb() == Verb::kReturnCallRef) {
        tail_callers[i] = true;
      }
    }
  }
}

ModuleLowering::ModuleLowering(const LoweringInput& input,
                               llvm::LLVMContext& context)
    : input_(input),
      context_(context),
      llvm_module_(std::make_unique<llvm::Module>("wasm", context)),
      debug_builder_(*llvm_module_) {
  const InstructionSetTraits& traits = input.target.traits();
  llvm_module_->setTargetTriple(llvm::Triple(traits.triple));
  llvm_module_->setDataLayout(
      input.target.CreateTargetMachine(llvm::CodeGenOptLevel::Default)
          ->createDataLayout());
  llvm_module_->addModuleFlag(llvm::Module::Warning, "Debug Info Version",
                              llvm::DEBUG_METADATA_VERSION);
  llvm_module_->setPICLevel(llvm::PICLevel::SmallPIC);
  // Libcalls may be out of reach of a direct call.
  llvm_module_->setRtLibUseGOT();

  debug_file_ = debug_builder_.createFile("wasm", "");
  debug_builder_.createCompileUnit(
      llvm::DISourceLanguageName(llvm::dwarf::DW_LANG_C), debug_file_,
      "wasijit", /*isOptimized=*/true, /*Flags=*/"", /*RV=*/0,
      /*SplitName=*/"", llvm::DICompileUnit::LineTablesOnly);
  debug_type_ = debug_builder_.createSubroutineType(
      debug_builder_.getOrCreateTypeArray({}));

  llvm::AttrBuilder attributes(context);
  input.target.AddFunctionAttributes(attributes);
  attributes.addAttribute("frame-pointer", "all");
  attributes.addAttribute("probe-stack", "inline-asm");
  attributes.addAttribute("stack-probe-size", kStackProbeSize);
  function_attributes_ = llvm::AttributeSet::get(context, attributes);

  CreateAliasScopes();
}

std::unique_ptr<llvm::Module> ModuleLowering::Finish() && {
  debug_builder_.finalize();
  return std::move(llvm_module_);
}

void ModuleLowering::LowerFunction(uint32_t function, CodePurpose purpose) {
  llvm::Function* target = Declare(function);
  if (!target->empty()) return;
  // Both linkages allow inlining but make LLVM derive nothing for callers, such
  // as that a call whose result is not used may go: the callee may trap.
  target->setLinkage(purpose == CodePurpose::kEmit
                         ? llvm::GlobalValue::WeakODRLinkage
                         : llvm::GlobalValue::AvailableExternallyLinkage);
  LowerBody(*this, function, target);
}

void ModuleLowering::LowerLoopEntry(uint32_t function, uint32_t loop) {
  llvm::Function* draft = Create(function, "draft");
  llvm::Function* target = Create(function, LoopEntrySymbol(function));
  target->setLinkage(llvm::GlobalValue::WeakODRLinkage);
  LowerBodyFrom(*this, function, loop, draft, target);
  draft->eraseFromParent();
}

const NativeSignature& ModuleLowering::SignatureOf(uint32_t type) {
  std::unique_ptr<NativeSignature>& signature = signatures_[type];
  if (signature == nullptr) {
    signature = std::make_unique<NativeSignature>(NativeSignature::Natural(
        context_, input_.module, input_.module.FuncTypeAt(type)));
  }
  return *signature;
}

const NativeSignature& ModuleLowering::UniversalSignatureOf(uint32_t type) {
  std::unique_ptr<NativeSignature>& signature = universal_signatures_[type];
  if (signature == nullptr) {
    signature = std::make_unique<NativeSignature>(NativeSignature::Universal(
        context_, input_.module, input_.module.FuncTypeAt(type)));
  }
  return *signature;
}

const NativeSignature& ModuleLowering::DefinedSignatureOf(uint32_t function) {
  const uint32_t type = input_.module.functions[function].type;
  return input_.tail_callers[function] ? UniversalSignatureOf(type)
                                       : SignatureOf(type);
}

llvm::Function* ModuleLowering::Declare(uint32_t function) {
  const std::string name = FunctionSymbol(function);
  llvm::Function* known = llvm_module_->getFunction(name);
  return known == nullptr ? Create(function, name) : known;
}

llvm::Function* ModuleLowering::Create(uint32_t function,
                                       const std::string& name) {
  const NativeSignature& signature = DefinedSignatureOf(function);
  llvm::Function* declared = llvm::Function::Create(
      signature.type, llvm::GlobalValue::ExternalLinkage, name, *llvm_module_);
  declared->setCallingConv(llvm::CallingConv::Swift);
  declared->setDSOLocal(true);
  declared->setAttributes(signature.attributes.addFnAttributes(
      context_, llvm::AttrBuilder(context_, function_attributes_)));
  return declared;
}

llvm::FunctionCallee ModuleLowering::LibcallCallee(Libcall libcall) {
  const absl::string_view symbol = LibcallSymbol(libcall);
  llvm::FunctionCallee callee = llvm_module_->getOrInsertFunction(
      llvm::StringRef(symbol.data(), symbol.size()),
      LibcallType(context_, libcall));
  auto* function = llvm::cast<llvm::Function>(callee.getCallee());
  if (libcall == Libcall::kThrow) {
    function->setDoesNotReturn();
  } else {
    function->setDoesNotThrow();
  }
  function->addFnAttr(llvm::Attribute::NonLazyBind);
  if (function->getReturnType()->isIntegerTy(1)) {
    function->addRetAttr(llvm::Attribute::ZExt);
  }
  return callee;
}

llvm::Constant* ModuleLowering::TailCallBridge() {
  return llvm::cast<llvm::Constant>(
      LibcallCallee(Libcall::kTailCallBridge).getCallee());
}

llvm::Constant* ModuleLowering::Personality() {
  return llvm::cast<llvm::Constant>(
      llvm_module_
          ->getOrInsertFunction(
              kPersonalitySymbol,
              llvm::FunctionType::get(llvm::Type::getVoidTy(context_), false))
          .getCallee());
}

llvm::DISubprogram* ModuleLowering::DebugSubprogram(llvm::Function* function,
                                                    uint32_t bytecode_offset) {
  llvm::DISubprogram* subprogram = debug_builder_.createFunction(
      debug_file_, function->getName(), function->getName(), debug_file_,
      bytecode_offset, debug_type_, bytecode_offset, llvm::DINode::FlagZero,
      llvm::DISubprogram::SPFlagDefinition |
          llvm::DISubprogram::SPFlagOptimized);
  function->setSubprogram(subprogram);
  return subprogram;
}

void ModuleLowering::CreateAliasScopes() {
  const Module& module = input_.module;
  const bool own_memory_only =
      module.memories.size() <= 1 && module.num_imported_memories == 0;
  if (own_memory_only) return;

  llvm::MDBuilder builder(context_);
  llvm::MDNode* domain = builder.createAnonymousAliasScopeDomain("state");
  std::vector<llvm::Metadata*> scopes;
  for (size_t i = 0; i <= module.memories.size(); ++i) {
    scopes.push_back(builder.createAnonymousAliasScope(domain));
  }
  for (size_t i = 0; i < scopes.size(); ++i) {
    std::vector<llvm::Metadata*> others = scopes;
    others.erase(others.begin() + static_cast<ptrdiff_t>(i));
    // Two imports may be the same memory.
    if (i < module.num_imported_memories) {
      others.erase(others.begin(),
                   others.begin() + module.num_imported_memories - 1);
    }
    memory_scopes_.push_back({llvm::MDNode::get(context_, {scopes[i]}),
                              llvm::MDNode::get(context_, others)});
  }
}

void ModuleLowering::MarkMemoryAccess(llvm::Instruction* access,
                                      uint32_t memory) const {
  if (!NeedsAliasScopes()) return;
  access->setMetadata(llvm::LLVMContext::MD_alias_scope,
                      memory_scopes_[memory].own);
  access->setMetadata(llvm::LLVMContext::MD_noalias,
                      memory_scopes_[memory].others);
}

void ModuleLowering::MarkContextAccess(llvm::Instruction* access) const {
  if (!NeedsAliasScopes()) return;
  MarkMemoryAccess(access,
                   static_cast<uint32_t>(input_.module.memories.size()));
}

}  // namespace wasijit::compiler
