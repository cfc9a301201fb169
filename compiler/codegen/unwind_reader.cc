#include "compiler/codegen/unwind_reader.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "compiler/codegen/object_functions.h"
#include "compiler/target/target.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/BinaryFormat/Dwarf.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/DataExtractor.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "runtime/abi/unwind_tables.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

namespace dwarf = llvm::dwarf;
using Cursor = llvm::DataExtractor::Cursor;

absl::Status Unexpected(absl::string_view what) {
  return absl::InternalError(
      absl::StrCat("reading unwind information: ", what));
}

absl::Status ToStatus(llvm::Error error) {
  if (!error) return absl::OkStatus();
  return Unexpected(llvm::toString(std::move(error)));
}

// A place that a relocation refers to.
struct Place {
  uint64_t section;
  uint64_t offset;
};

// A section's bytes and what its relocations say, by offset.
struct Section {
  llvm::StringRef bytes;
  absl::flat_hash_map<uint64_t, Place> relocations;
};

llvm::Expected<Place> Target(const llvm::object::RelocationRef& relocation) {
  const llvm::object::SymbolRef symbol = *relocation.getSymbol();
  llvm::Expected<llvm::object::section_iterator> section = symbol.getSection();
  if (!section) return section.takeError();
  llvm::Expected<uint64_t> value = symbol.getValue();
  if (!value) return value.takeError();
  llvm::Expected<int64_t> addend =
      llvm::object::ELFRelocationRef(relocation).getAddend();
  if (!addend) return addend.takeError();
  return Place{(*section)->getIndex(), *value + static_cast<uint64_t>(*addend)};
}

// The sections of an object that hold unwind information.
class UnwindSections {
 public:
  static llvm::Expected<UnwindSections> Read(
      const llvm::object::ObjectFile& file) {
    UnwindSections result;
    for (const llvm::object::SectionRef& section : file.sections()) {
      llvm::Expected<llvm::StringRef> name = section.getName();
      if (!name) return name.takeError();
      if (*name == ".eh_frame" || name->starts_with(".gcc_except_table")) {
        llvm::Expected<llvm::StringRef> bytes = section.getContents();
        if (!bytes) return bytes.takeError();
        result.sections_[section.getIndex()].bytes = *bytes;
        if (*name == ".eh_frame") result.frames_ = section.getIndex();
      } else if (*name == ".rela.eh_frame") {
        if (llvm::Error error = result.AddRelocations(section)) return error;
      }
    }
    return result;
  }

  // Null if no function has a frame.
  const Section* frames() const { return Find(frames_); }
  const Section* Find(uint64_t index) const {
    const auto found = sections_.find(index);
    return found == sections_.end() ? nullptr : &found->second;
  }

 private:
  llvm::Error AddRelocations(const llvm::object::SectionRef& section) {
    llvm::Expected<llvm::object::section_iterator> subject =
        section.getRelocatedSection();
    if (!subject) return subject.takeError();
    Section& target = sections_[(*subject)->getIndex()];
    for (const llvm::object::RelocationRef& relocation :
         section.relocations()) {
      llvm::Expected<Place> place = Target(relocation);
      if (!place) return place.takeError();
      target.relocations[relocation.getOffset()] = *place;
    }
    return llvm::Error::success();
  }

  std::map<uint64_t, Section> sections_;
  uint64_t frames_ = 0;
};

// What the entries of functions have in common.
struct CommonEntry {
  uint64_t code_alignment;
  int64_t data_alignment;
  bool has_exception_table = false;
};

// Reads the instructions of .eh_frame as far as LLVM emits them. Where control
// flow comes back to a frame, its rules are repeated, so it is enough to know
// which rules there are at all.
class FrameRules {
 public:
  FrameRules(const InstructionSetTraits& traits, const CommonEntry& common)
      : traits_(traits), common_(common) {}

  absl::Status Run(const llvm::DataExtractor& data, Cursor& cursor,
                   uint64_t end) {
    while (cursor && cursor.tell() < end) {
      const uint8_t byte = data.getU8(cursor);
      const uint8_t low = byte & 0x3f;
      switch (byte & 0xc0) {
        case dwarf::DW_CFA_advance_loc:
        case dwarf::DW_CFA_restore:
          break;
        case dwarf::DW_CFA_offset:
          RETURN_IF_ERROR(AddOffset(low, data.getULEB128(cursor)));
          break;
        default:
          RETURN_IF_ERROR(Extended(low, data, cursor));
      }
    }
    return absl::OkStatus();
  }

  // The rules in terms of the frame pointer, or nothing if there is no frame.
  std::optional<FunctionUnwind> Result() const {
    if (!frame_offset_.has_value()) return std::nullopt;
    FunctionUnwind result = {};
    result.caller_stack = static_cast<int32_t>(*frame_offset_);
    for (const auto& [index, offset] : offsets_) {
      result.saved_registers.push_back(
          {index, static_cast<int32_t>(offset + *frame_offset_)});
    }
    return result;
  }

 private:
  absl::Status Extended(uint8_t opcode, const llvm::DataExtractor& data,
                        Cursor& cursor) {
    switch (opcode) {
      case dwarf::DW_CFA_remember_state:
        states_.emplace_back(register_, cfa_offset_);
        return absl::OkStatus();
      case dwarf::DW_CFA_restore_state:
        if (states_.empty()) return Unexpected("no state to restore");
        std::tie(register_, cfa_offset_) = states_.back();
        states_.pop_back();
        return absl::OkStatus();
      case dwarf::DW_CFA_nop:
      case dwarf::DW_CFA_GNU_window_save:  // AArch64: negate_ra_state.
        return absl::OkStatus();
      case dwarf::DW_CFA_advance_loc1:
        data.skip(cursor, 1);
        return absl::OkStatus();
      case dwarf::DW_CFA_advance_loc2:
        data.skip(cursor, 2);
        return absl::OkStatus();
      case dwarf::DW_CFA_advance_loc4:
        data.skip(cursor, 4);
        return absl::OkStatus();
      case dwarf::DW_CFA_restore_extended:
      case dwarf::DW_CFA_same_value:
        data.getULEB128(cursor);
        return absl::OkStatus();
      case dwarf::DW_CFA_offset_extended: {
        const uint64_t reg = data.getULEB128(cursor);
        return AddOffset(reg, data.getULEB128(cursor));
      }
      case dwarf::DW_CFA_def_cfa: {
        register_ = data.getULEB128(cursor);
        return SetCfaOffset(data.getULEB128(cursor));
      }
      case dwarf::DW_CFA_def_cfa_register:
        register_ = data.getULEB128(cursor);
        return SetCfaOffset(cfa_offset_);
      case dwarf::DW_CFA_def_cfa_offset:
        return SetCfaOffset(data.getULEB128(cursor));
      default:
        return Unexpected(absl::StrCat("instruction ", opcode));
    }
  }

  absl::Status SetCfaOffset(uint64_t offset) {
    cfa_offset_ = offset;
    if (register_ != traits_.frame_pointer) return absl::OkStatus();
    if (frame_offset_.value_or(offset) != offset) {
      return Unexpected("a frame changes its size");
    }
    frame_offset_ = offset;
    return absl::OkStatus();
  }

  absl::Status AddOffset(uint64_t reg, uint64_t factored) {
    const auto& known = traits_.saved_registers;
    const auto found = std::find(known.begin(), known.end(), reg);
    // The frame pointer and the return address, whose places are fixed.
    if (found == known.end()) return absl::OkStatus();
    const int64_t offset =
        static_cast<int64_t>(factored) * common_.data_alignment;
    const auto index = static_cast<uint32_t>(found - known.begin());
    const auto [entry, is_new] = offsets_.try_emplace(index, offset);
    if (!is_new && entry->second != offset) {
      return Unexpected("a register is saved in two places");
    }
    return absl::OkStatus();
  }

  const InstructionSetTraits& traits_;
  const CommonEntry& common_;
  uint64_t register_ = 0;
  uint64_t cfa_offset_ = 0;
  std::vector<std::pair<uint64_t, uint64_t>> states_;
  // Of the canonical frame address from the frame pointer.
  std::optional<uint64_t> frame_offset_;
  // By index of the saved register, from the canonical frame address.
  std::map<uint32_t, int64_t> offsets_;
};

// The call sites with landing pads, from a function's exception table.
absl::StatusOr<std::vector<LandingPad>> ReadLandingPads(llvm::StringRef bytes,
                                                        uint64_t offset) {
  const llvm::DataExtractor data(bytes, /*IsLittleEndian=*/true,
                                 /*AddressSize=*/8);
  Cursor cursor(offset);
  const uint8_t start_encoding = data.getU8(cursor);
  const uint8_t type_encoding = data.getU8(cursor);
  if (start_encoding != dwarf::DW_EH_PE_omit) {
    return Unexpected("landing pads outside the function");
  }
  if (type_encoding != dwarf::DW_EH_PE_omit) data.getULEB128(cursor);
  if (data.getU8(cursor) != dwarf::DW_EH_PE_uleb128) {
    return Unexpected("encoding of call sites");
  }
  const uint64_t size = data.getULEB128(cursor);
  const uint64_t end = cursor.tell() + size;
  std::vector<LandingPad> pads;
  while (cursor && cursor.tell() < end) {
    const auto begin = static_cast<uint32_t>(data.getULEB128(cursor));
    const auto length = static_cast<uint32_t>(data.getULEB128(cursor));
    const auto target = static_cast<uint32_t>(data.getULEB128(cursor));
    data.getULEB128(cursor);  // The action: all are cleanups.
    if (target != 0) pads.push_back({begin, begin + length, target});
  }
  RETURN_IF_ERROR(ToStatus(cursor.takeError()));
  return pads;
}

class FrameReader {
 public:
  FrameReader(const InstructionSetTraits& traits,
              const UnwindSections& sections, const ObjectFunctions& functions)
      : traits_(traits),
        sections_(sections),
        functions_(functions),
        frames_(*sections.frames()),
        data_(frames_.bytes, /*IsLittleEndian=*/true, /*AddressSize=*/8) {}

  absl::StatusOr<std::vector<FunctionUnwind>> Read() {
    Cursor cursor(0);
    absl::Status status;
    while (status.ok() && cursor && !data_.eof(cursor)) {
      status = ReadEntry(cursor);
    }
    RETURN_IF_ERROR(ToStatus(cursor.takeError()));
    RETURN_IF_ERROR(status);
    return std::move(result_);
  }

 private:
  absl::Status ReadEntry(Cursor& cursor) {
    const uint64_t begin = cursor.tell();
    const uint64_t length = data_.getU32(cursor);
    const uint64_t id_offset = cursor.tell();
    const uint64_t end = id_offset + length;
    if (length == 0) return absl::OkStatus();
    const uint64_t id = data_.getU32(cursor);
    if (id == 0) {
      RETURN_IF_ERROR(ReadCommon(cursor, common_[begin]));
    } else {
      const auto common = common_.find(id_offset - id);
      if (common == common_.end()) return Unexpected("an entry's begin");
      RETURN_IF_ERROR(ReadFunction(cursor, end, common->second));
    }
    if (cursor) data_.skip(cursor, end - cursor.tell());
    return absl::OkStatus();
  }

  absl::Status ReadCommon(Cursor& cursor, CommonEntry& common) {
    data_.getU8(cursor);  // Version.
    const llvm::StringRef augmentation = data_.getCStrRef(cursor);
    common.code_alignment = data_.getULEB128(cursor);
    common.data_alignment = data_.getSLEB128(cursor);
    common.has_exception_table = augmentation.contains('L');
    // What is left are encodings, all of them 4 bytes pc-relative, and the
    // frame at function entry, which has no frame pointer.
    if (!augmentation.starts_with("z")) return Unexpected("an augmentation");
    return absl::OkStatus();
  }

  absl::Status ReadFunction(Cursor& cursor, uint64_t end,
                            const CommonEntry& common) {
    const auto begin = frames_.relocations.find(cursor.tell());
    if (begin == frames_.relocations.end()) {
      return Unexpected("a function's begin");
    }
    const ObjectFunction* function =
        functions_.Find(begin->second.section, begin->second.offset);
    if (function == nullptr) return Unexpected("an unknown function");
    data_.skip(cursor, 8);  // Begin and size.
    const uint64_t augmentation = data_.getULEB128(cursor);
    const uint64_t instructions = cursor.tell() + augmentation;
    std::vector<LandingPad> pads;
    if (common.has_exception_table) {
      const auto table = frames_.relocations.find(cursor.tell());
      if (table != frames_.relocations.end()) {
        const Section* section = sections_.Find(table->second.section);
        if (section == nullptr) return Unexpected("an exception table");
        ASSIGN_OR_RETURN(pads,
                         ReadLandingPads(section->bytes, table->second.offset));
      }
    }
    data_.skip(cursor, instructions - cursor.tell());
    FrameRules rules(traits_, common);
    RETURN_IF_ERROR(rules.Run(data_, cursor, end));
    std::optional<FunctionUnwind> unwind = rules.Result();
    if (!unwind.has_value()) return absl::OkStatus();
    unwind->function = function->function;
    unwind->landing_pads = std::move(pads);
    result_.push_back(*std::move(unwind));
    return absl::OkStatus();
  }

  const InstructionSetTraits& traits_;
  const UnwindSections& sections_;
  const ObjectFunctions& functions_;
  const Section& frames_;
  const llvm::DataExtractor data_;
  // By offset.
  std::map<uint64_t, CommonEntry> common_;
  std::vector<FunctionUnwind> result_;
};

}  // namespace

absl::StatusOr<std::vector<FunctionUnwind>> ReadUnwindInfo(
    llvm::MemoryBufferRef object, const InstructionSetTraits& traits) {
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> file =
      llvm::object::ObjectFile::createELFObjectFile(object);
  if (!file) return ToStatus(file.takeError());
  llvm::Expected<ObjectFunctions> functions = ObjectFunctions::Read(**file);
  if (!functions) return ToStatus(functions.takeError());
  llvm::Expected<UnwindSections> sections = UnwindSections::Read(**file);
  if (!sections) return ToStatus(sections.takeError());
  if (sections->frames() == nullptr) return std::vector<FunctionUnwind>();
  return FrameReader(traits, *sections, *functions).Read();
}

}  // namespace wasijit::compiler
