#include "runtime/unwinder.h"

#include <cstdint>

#include "absl/types/span.h"
#include "runtime/abi/unwind_tables.h"
#include "runtime/abi/vm_context.h"
#include "runtime/compiled_module.h"
#include "runtime/host_entry.h"
#include "runtime/platform/arch.h"
#include "runtime/store.h"
#include "runtime/tag.h"

namespace wasijit {
namespace {

template <typename T>
T Load(uintptr_t address) {
  return *reinterpret_cast<const T*>(address);
}

// Walks outwards through the frames of one activation.
class FrameWalk {
 public:
  explicit FrameWalk(const UnwindRegisters& registers)
      : registers_(registers) {}

  // Goes to the landing pad of the innermost call that has one; false if there
  // is none.
  bool FindLandingPad() {
    while (registers_.pc != ReturnAddressInEntryStub()) {
      if (registers_.pc == ReturnAddressInBridge()) {
        Leave(kBridgeCallerStack,
              absl::MakeConstSpan(&kBridgeSavedRegister, 1));
        continue;
      }
      const auto* const pc = reinterpret_cast<const uint8_t*>(registers_.pc);
      const CompiledModule* const module = ModuleAt(pc - 1);
      // Nothing else calls between the entry and a throw.
      if (module == nullptr) return false;
      if (const void* const target = module->LandingPadAt(pc)) {
        registers_.pc = reinterpret_cast<uintptr_t>(target);
        return true;
      }
      const CompiledModule::FrameShape frame = module->FrameAt(pc);
      Leave(frame.caller_stack, frame.saved_registers);
    }
    return false;
  }

  const UnwindRegisters& registers() const { return registers_; }
  uint64_t left() const { return left_; }

 private:
  const CompiledModule* ModuleAt(const uint8_t* pc) {
    if (module_ == nullptr || pc < module_->text().begin() ||
        pc >= module_->text().end()) {
      module_ = CompiledModule::Containing(pc);
    }
    return module_;
  }

  void Leave(int32_t caller_stack, absl::Span<const SavedRegister> saved) {
    const uintptr_t frame = registers_.frame;
    for (const SavedRegister& entry : saved) {
      registers_.saved[entry.index] =
          Load<uint64_t>(frame + static_cast<intptr_t>(entry.offset));
    }
    registers_.stack = frame + static_cast<intptr_t>(caller_stack);
    registers_.pc = Load<uintptr_t>(frame + sizeof(uintptr_t));
    registers_.frame = Load<uintptr_t>(frame);
    ++left_;
  }

  UnwindRegisters registers_;
  const CompiledModule* module_ = nullptr;
  // The throwing libcall's own is one.
  uint64_t left_ = 1;
};

void MakePending(const VmException& exception) {
  Store& store = exception.tag->store();
  SetPendingTermination(store.Describe(exception));
}

}  // namespace

WASIJIT_HOST_ENTRY uint64_t UnwindException(void* exception,
                                            UnwindRegisters& registers) {
  void* const frame = __builtin_frame_address(0);
  EnterHost(frame);
  FrameWalk walk(registers);
  if (!walk.FindLandingPad()) {
    MakePending(*static_cast<const VmException*>(exception));
    LeaveWithPendingTermination(frame);
  }
  registers = walk.registers();
  return walk.left();
}

}  // namespace wasijit
