#include "compiler/codegen/object_functions.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler/target/symbols.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/Error.h"

namespace wasijit::compiler {
namespace {

auto Key(const ObjectFunction& function) {
  return std::tuple(function.section, function.begin);
}

}  // namespace

llvm::Expected<ObjectFunctions> ObjectFunctions::Read(
    const llvm::object::ObjectFile& file) {
  ObjectFunctions result;
  for (const llvm::object::SymbolRef& symbol : file.symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) return name.takeError();
    const std::optional<uint32_t> function =
        FunctionFromSymbol(absl::string_view(name->data(), name->size()));
    if (!function.has_value()) continue;
    llvm::Expected<llvm::object::section_iterator> section =
        symbol.getSection();
    if (!section) return section.takeError();
    if (*section == file.section_end()) continue;
    llvm::Expected<uint64_t> begin = symbol.getValue();
    if (!begin) return begin.takeError();
    result.functions_.push_back(
        {(*section)->getIndex(), *begin,
         *begin + llvm::object::ELFSymbolRef(symbol).getSize(), *function});
  }
  std::sort(result.functions_.begin(), result.functions_.end(),
            [](const ObjectFunction& a, const ObjectFunction& b) {
              return Key(a) < Key(b);
            });
  return result;
}

const ObjectFunction* ObjectFunctions::Find(uint64_t section,
                                            uint64_t offset) const {
  const auto after = std::upper_bound(
      functions_.begin(), functions_.end(), std::tuple(section, offset),
      [](const auto& key, const ObjectFunction& function) {
        return key < Key(function);
      });
  if (after == functions_.begin()) return nullptr;
  const ObjectFunction& candidate = *(after - 1);
  if (candidate.section != section || offset >= candidate.end) return nullptr;
  return &candidate;
}

}  // namespace wasijit::compiler
