#include "compiler/binary/module_decoder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
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
    RETURN_IF_ERROR(DecodeHeader());
    while (!reader_.AtEnd()) RETURN_IF_ERROR(DecodeSectionHere());
    RETURN_IF_ERROR(CheckCounts());
    return std::move(module_);
  }

 private:
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
    const uint32_t size = reader_.Size();
    ByteReader content = reader_.Sub(size);
    RETURN_IF_ERROR(reader_.status());

    if (*id == SectionId::kCustom) {
      DecodeCustomSection(last_, content, module_);
    } else {
      if (PlaceOf(*id) <= PlaceOf(last_)) {
        reader_.FailAt("unexpected content after last section", start);
        return reader_.status();
      }
      last_ = *id;
      DecodeSection(*id, features_, content, module_);
      if (content.ok() && !content.AtEnd()) {
        content.Fail("section size mismatch");
      }
    }
    if (content.ok()) return absl::OkStatus();
    const absl::Status status = content.status();
    return absl::Status(
        status.code(),
        absl::StrFormat("%s in the %s section", status.message(), NameOf(*id)));
  }

  absl::Status CheckCounts() const {
    const auto first = module_.functions.begin();
    const bool bodies_missing = std::any_of(
        first + module_.num_imported_functions, module_.functions.end(),
        [](const ModuleFunction& function) {
          return function.body.offset == 0;
        });
    if (bodies_missing) {
      return absl::InvalidArgumentError(
          "function and code section have inconsistent lengths: there is no "
          "code section");
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
