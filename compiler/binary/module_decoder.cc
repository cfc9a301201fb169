#include "compiler/binary/module_decoder.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/binary/section.h"
#include "compiler/binary/section_decoders.h"
#include "runtime/module/byte_reader.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

class ModuleDecoder {
 public:
  ModuleDecoder(std::shared_ptr<const std::vector<uint8_t>> bytes,
                FeatureSet features)
      : features_(features), reader_(*bytes) {
    module_.bytes = std::move(bytes);
  }

  absl::StatusOr<Module> Decode() && {
    const absl::Status status = DecodeSections();
    if (!status.ok()) {
      RETURN_IF_ERROR(CheckBodies());
      return status;
    }
    RETURN_IF_ERROR(CheckCounts());
    for (size_t i = 0; i < bodies_.size(); ++i) {
      module_.functions[module_.num_imported_functions + i].body = bodies_[i];
    }
    return std::move(module_);
  }

 private:
  absl::Status DecodeSections() {
    RETURN_IF_ERROR(DecodeHeader());
    while (!reader_.AtEnd()) RETURN_IF_ERROR(DecodeSectionHere());
    return absl::OkStatus();
  }

  absl::Status DecodeHeader() {
    const absl::Span<const uint8_t> magic = reader_.Bytes(sizeof(kMagic));
    if (reader_.ok() && magic != absl::MakeConstSpan(kMagic)) {
      reader_.FailAt("magic header not detected", 0);
    }
    const absl::Span<const uint8_t> version = reader_.Bytes(sizeof(kVersion));
    if (reader_.ok() && version != absl::MakeConstSpan(kVersion)) {
      reader_.FailAt("unknown binary version", sizeof(kMagic));
    }
    return reader_.status();
  }

  absl::Status DecodeSectionHere() {
    const uint32_t start = reader_.offset();
    const std::optional<SectionId> id = SectionFromByte(reader_.Byte());
    if (!id) {
      reader_.FailAt("malformed section id", start);
      return reader_.status();
    }
    const uint32_t size = reader_.Count();
    ByteReader content = reader_;
    ByteReader bounded = reader_.Sub(size);
    RETURN_IF_ERROR(reader_.status());

    if (*id == SectionId::kCustom) {
      DecodeCustomSection(last_, bounded, module_);
      return InSection(*id, bounded);
    }
    if (PlaceOf(*id) <= PlaceOf(last_)) {
      reader_.FailAt("unexpected content after last section", start);
      return reader_.status();
    }
    last_ = *id;
    // Reading may run past the section's end, so that what is malformed there
    // is found first, as in the reference interpreter.
    DecodeSection(*id, features_, content, module_, bodies_);
    if (content.ok() && content.offset() != reader_.offset()) {
      content.Fail("section size mismatch");
    }
    return InSection(*id, content);
  }

  static absl::Status InSection(SectionId id, const ByteReader& content) {
    const absl::Status status = content.status();
    if (status.ok()) return status;
    return absl::Status(
        status.code(),
        absl::StrFormat("%s in the %s section", status.message(), NameOf(id)));
  }

  // A malformed body comes before the error that has been found behind it.
  absl::Status CheckBodies() const {
    const absl::Span<const uint8_t> bytes = *module_.bytes;
    std::vector<LocalGroup> locals;
    for (size_t i = 0; i < bodies_.size(); ++i) {
      ByteReader body(bytes.subspan(bodies_[i].offset), bodies_[i].offset);
      ReadLocals(body, locals);
      SkipExpression(body);
      const absl::Status status = body.status();
      if (status.ok()) continue;
      return absl::Status(status.code(),
                          absl::StrFormat("%s in function %u", status.message(),
                                          module_.num_imported_functions + i));
    }
    return absl::OkStatus();
  }

  absl::Status CheckCounts() const {
    if (bodies_.size() != module_.num_defined_functions()) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "function and code section have inconsistent lengths: %u and %u",
          module_.num_defined_functions(), bodies_.size()));
    }
    if (module_.data_count && *module_.data_count != module_.data.size()) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "data count and data section have inconsistent lengths: %u and %u",
          *module_.data_count, module_.data.size()));
    }
    return absl::OkStatus();
  }

  FeatureSet features_;
  ByteReader reader_;
  Module module_;
  std::vector<ByteRange> bodies_;
  SectionId last_ = SectionId::kCustom;
};

}  // namespace

absl::StatusOr<Module> DecodeModule(
    std::shared_ptr<const std::vector<uint8_t>> bytes, FeatureSet features) {
  if (bytes->size() > kMaxModuleSize) {
    return absl::ResourceExhaustedError(
        absl::StrFormat("module of %u bytes is larger than the limit of %u",
                        bytes->size(), kMaxModuleSize));
  }
  return ModuleDecoder(std::move(bytes), features).Decode();
}

absl::StatusOr<Module> DecodeModule(absl::Span<const uint8_t> bytes,
                                    FeatureSet features) {
  return DecodeModule(
      std::make_shared<const std::vector<uint8_t>>(bytes.begin(), bytes.end()),
      features);
}

}  // namespace wasijit::compiler
