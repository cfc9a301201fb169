#include "compiler/codegen/image_linker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/image_memory.h"
#include "compiler/target/symbols.h"
#include "compiler/target/target.h"
#include "llvm/ExecutionEngine/JITLink/JITLink.h"
#include "llvm/ExecutionEngine/JITLink/aarch64.h"
#include "llvm/ExecutionEngine/JITLink/x86_64.h"
#include "llvm/ExecutionEngine/Orc/AbsoluteSymbols.h"
#include "llvm/ExecutionEngine/Orc/Core.h"
#include "llvm/ExecutionEngine/Orc/ObjectFileInterface.h"
#include "llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h"
#include "llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h"
#include "llvm/ExecutionEngine/Orc/Shared/MemoryFlags.h"
#include "llvm/ExecutionEngine/Orc/TaskDispatch.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Triple.h"
#include "runtime/abi/code_image.h"
#include "runtime/abi/libcalls.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

namespace jitlink = llvm::jitlink;
namespace orc = llvm::orc;

absl::Status ToStatus(llvm::Error error) {
  if (!error) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("linking code: ", llvm::toString(std::move(error))));
}

absl::string_view View(llvm::StringRef text) {
  return absl::string_view(text.data(), text.size());
}

absl::string_view NameOf(const jitlink::Symbol& symbol) {
  return symbol.hasName() ? View(*symbol.getName()) : absl::string_view();
}

// Relocations that write an address rather than a distance.
bool IsAbsolute(const jitlink::LinkGraph& graph, jitlink::Edge::Kind kind) {
  if (graph.getTargetTriple().isX86()) {
    return kind >= jitlink::x86_64::Pointer64 &&
           kind <= jitlink::x86_64::Pointer8;
  }
  return (kind >= jitlink::aarch64::Pointer64 &&
          kind <= jitlink::aarch64::Pointer32) ||
         kind == jitlink::aarch64::MoveWide16;
}

// Relocations of a call of a function.
bool IsCall(const jitlink::LinkGraph& graph, jitlink::Edge::Kind kind) {
  return graph.getTargetTriple().isX86()
             ? kind == jitlink::x86_64::BranchPCRel32
             : kind == jitlink::aarch64::Branch26PCRel;
}

// Follows the graphs through linking: makes calls between objects direct,
// records where functions and slots end up, and sees to it that the result
// depends on nothing but the objects.
class ImagePlugin : public orc::ObjectLinkingLayer::Plugin {
 public:
  ImagePlugin(const ImageMemory& memory, LoaderCalls loader_calls,
              LinkedCode& result)
      : memory_(memory), loader_calls_(loader_calls), result_(result) {}

  void modifyPassConfig(orc::MaterializationResponsibility& /*unused*/,
                        jitlink::LinkGraph& /*unused*/,
                        jitlink::PassConfiguration& passes) override {
    // Before JITLink's own passes, which take unwind information apart.
    passes.PrePrunePasses.insert(passes.PrePrunePasses.begin(),
                                 [](jitlink::LinkGraph& graph) {
                                   RemoveUnwindInfo(graph);
                                   return llvm::Error::success();
                                 });
    passes.PostPrunePasses.push_back([](jitlink::LinkGraph& graph) {
      MakeGotData(graph);
      OrderByTarget(graph, "$__GOT");
      OrderByTarget(graph, "$__STUBS");
      return llvm::Error::success();
    });
    passes.PreFixupPasses.push_back([this](jitlink::LinkGraph& graph) {
      BypassStubs(graph);
      LeaveCallsToLoader(graph);
      RecordFunctions(graph);
      if (llvm::Error error = TurnGotIntoSlots(graph)) return error;
      return RefuseAbsoluteAddresses(graph);
    });
  }

  llvm::Error notifyFailed(orc::MaterializationResponsibility&) override {
    return llvm::Error::success();
  }
  llvm::Error notifyRemovingResources(orc::JITDylib&,
                                      orc::ResourceKey) override {
    return llvm::Error::success();
  }
  void notifyTransferringResources(orc::JITDylib&, orc::ResourceKey,
                                   orc::ResourceKey) override {}

 private:
  // Images have tables of their own, which are made from the object.
  static bool IsUnwindInfo(llvm::StringRef section) {
    return section == ".eh_frame" || section.starts_with(".gcc_except_table") ||
           section.starts_with(".data.DW.ref.");
  }

  static void RemoveUnwindInfo(jitlink::LinkGraph& graph) {
    std::vector<jitlink::Section*> removed;
    for (jitlink::Section& section : graph.sections()) {
      if (IsUnwindInfo(section.getName())) {
        removed.push_back(&section);
      }
    }
    for (jitlink::Section* section : removed) graph.removeSection(*section);
  }

  // JITLink makes AArch64's GOT executable; ours is data.
  static void MakeGotData(jitlink::LinkGraph& graph) {
    if (jitlink::Section* got = graph.findSectionByName("$__GOT")) {
      got->setMemProt(orc::MemProt::Read);
    }
  }

  static jitlink::Symbol* FirstTarget(jitlink::Block& block) {
    return block.edges_empty() ? nullptr : &block.edges().begin()->getTarget();
  }

  // The name that a GOT cell, or a stub by way of its cell, is for.
  static absl::string_view TargetName(jitlink::Block& block) {
    jitlink::Symbol* target = FirstTarget(block);
    if (target != nullptr && !target->hasName() && target->isDefined()) {
      target = FirstTarget(target->getBlock());
    }
    return target == nullptr ? absl::string_view() : NameOf(*target);
  }

  // Blocks of a section are laid out by the addresses that they had in the
  // object. What JITLink itself makes had none, and would be laid out by the
  // places of its data structures.
  static void OrderByTarget(jitlink::LinkGraph& graph, llvm::StringRef name) {
    jitlink::Section* section = graph.findSectionByName(name);
    if (section == nullptr) return;
    std::vector<jitlink::Block*> blocks(section->blocks().begin(),
                                        section->blocks().end());
    std::sort(blocks.begin(), blocks.end(),
              [](jitlink::Block* a, jitlink::Block* b) {
                return TargetName(*a) < TargetName(*b);
              });
    uint64_t place = 0;
    for (jitlink::Block* block : blocks) {
      block->setAddress(orc::ExecutorAddr(place));
      place += block->getSize();
    }
  }

  // The symbol that a jump stub jumps to, by way of its GOT cell.
  static jitlink::Symbol* TargetOfStub(jitlink::Symbol& stub) {
    jitlink::Symbol* cell = FirstTarget(stub.getBlock());
    return cell == nullptr ? nullptr : FirstTarget(cell->getBlock());
  }

  static void BypassStubs(jitlink::LinkGraph& graph) {
    const jitlink::Section* stubs = graph.findSectionByName("$__STUBS");
    if (stubs == nullptr) return;
    for (jitlink::Block* block : graph.blocks()) {
      if (&block->getSection() == stubs) continue;
      for (jitlink::Edge& edge : block->edges()) {
        if (!edge.getTarget().isDefined() ||
            &edge.getTarget().getBlock().getSection() != stubs) {
          continue;
        }
        jitlink::Symbol* target = TargetOfStub(edge.getTarget());
        if (target == nullptr || !FunctionFromSymbol(NameOf(*target))) continue;
        edge.setTarget(*target);
        if (graph.getTargetTriple().isX86()) {
          edge.setKind(jitlink::x86_64::BranchPCRel32);
        }
      }
    }
  }

  void LeaveCallsToLoader(jitlink::LinkGraph& graph) {
    if (loader_calls_ == LoaderCalls::kNone) return;
    for (jitlink::Block* block : graph.blocks()) {
      for (auto edge = block->edges().begin(); edge != block->edges().end();) {
        const std::optional<uint32_t> function =
            FunctionFromSymbol(NameOf(edge->getTarget()));
        const bool is_outside = !edge->getTarget().isDefined();
        if (!function.has_value() || !IsCall(graph, edge->getKind()) ||
            (loader_calls_ == LoaderCalls::kOutside && !is_outside)) {
          ++edge;
          continue;
        }
        result_.calls.push_back(
            {Offset(block->getAddress() + edge->getOffset()), *function});
        edge = block->removeEdge(edge);
      }
    }
  }

  // From the image's base.
  uint32_t Offset(orc::ExecutorAddr address) const {
    return static_cast<uint32_t>(address.getValue() - memory_.base());
  }

  void RecordFunctions(jitlink::LinkGraph& graph) {
    for (jitlink::Symbol* symbol : graph.defined_symbols()) {
      const std::optional<uint32_t> function =
          FunctionFromSymbol(NameOf(*symbol));
      if (!function.has_value()) continue;
      const uint32_t begin = Offset(symbol->getAddress());
      result_.functions[*function] = {
          begin, begin + static_cast<uint32_t>(symbol->getSize())};
    }
  }

  llvm::Error TurnGotIntoSlots(jitlink::LinkGraph& graph) {
    jitlink::Section* got = graph.findSectionByName("$__GOT");
    if (got == nullptr) return llvm::Error::success();
    for (jitlink::Block* block : got->blocks()) {
      for (auto edge = block->edges().begin(); edge != block->edges().end();) {
        const absl::string_view name = NameOf(edge->getTarget());
        const std::optional<Libcall> libcall = LibcallFromSymbol(name);
        if (libcall.has_value()) {
          result_.slots.push_back(
              {Offset(block->getAddress() + edge->getOffset()), *libcall});
        } else if (!FunctionFromSymbol(name).has_value()) {
          return llvm::createStringError(
              absl::StrCat("code refers to the address of \"", name, "\""));
        }
        edge = block->removeEdge(edge);
      }
    }
    return llvm::Error::success();
  }

  // What is left would make the code depend on where it lies.
  static llvm::Error RefuseAbsoluteAddresses(jitlink::LinkGraph& graph) {
    for (jitlink::Section& section : graph.sections()) {
      // Debugging information.
      if (section.getMemLifetime() == orc::MemLifetime::NoAlloc) continue;
      for (jitlink::Block* block : section.blocks()) {
        for (const jitlink::Edge& edge : block->edges()) {
          if (!IsAbsolute(graph, edge.getKind())) continue;
          return llvm::createStringError(absl::StrCat(
              "code holds the absolute address of \"", NameOf(edge.getTarget()),
              "\" in ", View(section.getName())));
        }
      }
    }
    return llvm::Error::success();
  }

  const ImageMemory& memory_;
  const LoaderCalls loader_calls_;
  LinkedCode& result_;
};

// Holds ORC's tasks back until all objects have been asked for, then runs them
// in that order: the objects are laid out one after the other, however they
// call each other, and nothing recurses along calls.
class TaskQueue : public orc::TaskDispatcher {
 public:
  void dispatch(std::unique_ptr<orc::Task> task) override {
    tasks_.push_back(std::move(task));
  }
  void shutdown() override { RunAll(); }

  void RunAll() {
    while (!tasks_.empty()) {
      const std::unique_ptr<orc::Task> task = std::move(tasks_.front());
      tasks_.pop_front();
      task->run();
    }
  }

 private:
  std::deque<std::unique_ptr<orc::Task>> tasks_;
};

// Upper bounds for what the objects' segments and JITLink's stubs and GOT
// cells take.
struct Capacity {
  size_t text = 0;
  size_t data = 0;
};

// Also collects the functions that the object does not define.
llvm::Error Measure(llvm::MemoryBufferRef object, Capacity& capacity,
                    absl::flat_hash_set<uint32_t>& undefined) {
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> file =
      llvm::object::ObjectFile::createELFObjectFile(object);
  if (!file) return file.takeError();
  constexpr size_t kStubSize = 16;
  constexpr size_t kCellSize = 8;
  for (const llvm::object::SectionRef& section : (*file)->sections()) {
    const uint64_t flags = llvm::object::ELFSectionRef(section).getFlags();
    if ((flags & llvm::ELF::SHF_ALLOC) == 0) continue;
    const size_t size = section.getSize() + section.getAlignment().value();
    ((flags & llvm::ELF::SHF_EXECINSTR) != 0 ? capacity.text : capacity.data) +=
        size;
  }
  for (const llvm::object::SymbolRef& symbol : (*file)->symbols()) {
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    if (!flags) return flags.takeError();
    if ((*flags & llvm::object::SymbolRef::SF_Undefined) == 0) continue;
    capacity.text += kStubSize;
    capacity.data += kCellSize;
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) return name.takeError();
    if (const auto function = FunctionFromSymbol(View(*name))) {
      undefined.insert(*function);
    }
  }
  // Alignment of the stub and GOT segments themselves.
  capacity.text += kStubSize;
  capacity.data += kCellSize;
  return llvm::Error::success();
}

class Linker {
 public:
  Linker(InstructionSet instruction_set, LoaderCalls loader_calls,
         const LinkAddresses& addresses, Capacity capacity)
      : addresses_(addresses),
        memory_(addresses.image_base, capacity.text, capacity.data,
                loader_calls == LoaderCalls::kNone ? 0 : kPartDataDistance),
        session_(NewProcessControl(instruction_set, tasks_)),
        layer_(session_, memory_),
        dylib_(session_.createBareJITDylib("image")) {
    session_.setErrorReporter([this](llvm::Error error) {
      status_.Update(ToStatus(std::move(error)));
    });
    layer_.addPlugin(
        std::make_shared<ImagePlugin>(memory_, loader_calls, result_));
  }

  ~Linker() { llvm::consumeError(session_.endSession()); }

  absl::StatusOr<LinkedCode> Link(
      std::vector<std::unique_ptr<llvm::MemoryBuffer>> objects,
      const absl::flat_hash_set<uint32_t>& outside) {
    RETURN_IF_ERROR(ToStatus(DefineLibcalls()));
    RETURN_IF_ERROR(ToStatus(DefineOutside(outside)));
    std::vector<orc::SymbolLookupSet> functions;
    for (std::unique_ptr<llvm::MemoryBuffer>& object : objects) {
      RETURN_IF_ERROR(
          ToStatus(Add(std::move(object), functions.emplace_back())));
    }
    for (orc::SymbolLookupSet& of_object : functions) {
      AskFor(std::move(of_object));
    }
    tasks_->RunAll();
    RETURN_IF_ERROR(status_);

    result_.text_size = static_cast<uint32_t>(memory_.text_size());
    for (ImageSlot& slot : result_.slots) {
      slot.offset =
          static_cast<uint32_t>(memory_.OffsetOf(memory_.base() + slot.offset));
    }
    result_.code = memory_.TakeBytes();
    std::sort(result_.slots.begin(), result_.slots.end(),
              [](const ImageSlot& a, const ImageSlot& b) {
                return a.offset < b.offset;
              });
    return std::move(result_);
  }

 private:
  static std::unique_ptr<orc::ExecutorProcessControl> NewProcessControl(
      InstructionSet instruction_set, TaskQueue*& tasks) {
    auto queue = std::make_unique<TaskQueue>();
    tasks = queue.get();
    return std::make_unique<orc::SelfExecutorProcessControl>(
        std::make_shared<orc::SymbolStringPool>(), std::move(queue),
        llvm::Triple(TraitsOf(instruction_set).triple), /*PageSize=*/4096,
        std::make_unique<ImageMemory>(0, 0, 0));
  }

  llvm::Error DefineLibcalls() {
    orc::SymbolMap symbols;
    for (uint32_t i = 0; i < kLibcallCount; ++i) {
      const absl::string_view name = LibcallSymbol(static_cast<Libcall>(i));
      symbols[session_.intern(llvm::StringRef(name.data(), name.size()))] = {
          orc::ExecutorAddr(addresses_.libcall_base + i * 16),
          llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
    }
    return dylib_.define(orc::absoluteSymbols(std::move(symbols)));
  }

  // Their calls are the loader's, so any place does.
  llvm::Error DefineOutside(const absl::flat_hash_set<uint32_t>& functions) {
    orc::SymbolMap symbols;
    for (const uint32_t function : functions) {
      symbols[session_.intern(FunctionSymbol(function))] = {
          orc::ExecutorAddr(addresses_.image_base),
          llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
    }
    return dylib_.define(orc::absoluteSymbols(std::move(symbols)));
  }

  llvm::Error Add(std::unique_ptr<llvm::MemoryBuffer> object,
                  orc::SymbolLookupSet& functions) {
    llvm::Expected<orc::MaterializationUnit::Interface> interface =
        orc::getObjectFileInterface(session_, *object);
    if (!interface) return interface.takeError();
    // Of what else there is nothing is linked.
    orc::SymbolFlagsMap& symbols = interface->SymbolFlags;
    for (auto symbol = symbols.begin(); symbol != symbols.end(); ++symbol) {
      if (FunctionFromSymbol(View(*symbol->first)).has_value()) {
        functions.add(symbol->first);
      } else {
        symbols.erase(symbol);
      }
    }
    return layer_.add(dylib_.getDefaultResourceTracker(), std::move(object),
                      std::move(*interface));
  }

  void AskFor(orc::SymbolLookupSet functions) {
    session_.lookup(
        orc::LookupKind::Static, orc::makeJITDylibSearchOrder(&dylib_),
        std::move(functions), orc::SymbolState::Ready,
        [this](llvm::Expected<orc::SymbolMap> found) {
          if (!found) status_.Update(ToStatus(found.takeError()));
        },
        orc::NoDependenciesToRegister);
  }

  LinkAddresses addresses_;
  absl::Status status_;
  LinkedCode result_;
  ImageMemory memory_;
  // Belongs to the session.
  TaskQueue* tasks_;
  orc::ExecutionSession session_;
  orc::ObjectLinkingLayer layer_;
  orc::JITDylib& dylib_;
};

}  // namespace

absl::StatusOr<LinkedCode> LinkImage(
    InstructionSet instruction_set,
    std::vector<std::unique_ptr<llvm::MemoryBuffer>> objects,
    LoaderCalls loader_calls, const LinkAddresses& addresses) {
  if (objects.empty()) return LinkedCode();
  Capacity capacity;
  absl::flat_hash_set<uint32_t> undefined;
  for (const std::unique_ptr<llvm::MemoryBuffer>& object : objects) {
    RETURN_IF_ERROR(
        ToStatus(Measure(object->getMemBufferRef(), capacity, undefined)));
  }
  // Of several objects each defines what others do not.
  if (loader_calls == LoaderCalls::kNone) undefined.clear();
  Linker linker(instruction_set, loader_calls, addresses, capacity);
  return linker.Link(std::move(objects), undefined);
}

}  // namespace wasijit::compiler
