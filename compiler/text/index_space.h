// Index spaces (specification, 2.5.1) and the identifiers bound in them
// (6.1.3).
#ifndef WASIJIT_COMPILER_TEXT_INDEX_SPACE_H_
#define WASIJIT_COMPILER_TEXT_INDEX_SPACE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace wasijit::compiler {

// Names must outlive the space.
class IndexSpace {
 public:
  // What error messages call a member: "function", and the keyword: "func".
  explicit IndexSpace(absl::string_view noun, absl::string_view keyword)
      : noun_(noun), keyword_(keyword) {}
  explicit IndexSpace(absl::string_view noun) : IndexSpace(noun, noun) {}

  absl::string_view noun() const { return noun_; }
  absl::string_view keyword() const { return keyword_; }
  uint32_t size() const { return size_; }

  // Adds members without a name; the index of the first.
  uint32_t Add(uint32_t count = 1) {
    const uint32_t index = size_;
    size_ += count;
    return index;
  }
  // Names a member. False if the name is taken. REQUIRES: index < size().
  bool Bind(absl::string_view name, uint32_t index) {
    return indices_.try_emplace(name, index).second;
  }
  std::optional<uint32_t> Find(absl::string_view name) const {
    const auto found = indices_.find(name);
    if (found == indices_.end()) return std::nullopt;
    return found->second;
  }
  // Without members again.
  void Clear() {
    size_ = 0;
    indices_.clear();
  }

 private:
  absl::string_view noun_;
  absl::string_view keyword_;
  uint32_t size_ = 0;
  absl::flat_hash_map<absl::string_view, uint32_t> indices_;
};

// Labels, which are counted from the innermost block outwards, and whose names
// may shadow each other. All operations take constant time: blocks may nest a
// million deep.
class LabelStack {
 public:
  // `name` is empty for a block without one.
  void Push(absl::string_view name) {
    Label label{name, kNone};
    if (!name.empty()) {
      const auto depth = static_cast<uint32_t>(labels_.size());
      const auto [position, inserted] = innermost_.try_emplace(name, depth);
      if (!inserted) {
        label.shadowed = position->second;
        position->second = depth;
      }
    }
    labels_.push_back(label);
  }
  // REQUIRES: size() > 0.
  void Pop() {
    const Label label = labels_.back();
    labels_.pop_back();
    if (label.name.empty()) return;
    if (label.shadowed == kNone) {
      innermost_.erase(label.name);
    } else {
      innermost_[label.name] = label.shadowed;
    }
  }
  void Clear() {
    labels_.clear();
    innermost_.clear();
  }

  size_t size() const { return labels_.size(); }
  // Of the innermost block. REQUIRES: size() > 0.
  absl::string_view innermost_name() const { return labels_.back().name; }
  // The label index of the innermost block of that name.
  std::optional<uint32_t> Find(absl::string_view name) const {
    const auto found = innermost_.find(name);
    if (found == innermost_.end()) return std::nullopt;
    return static_cast<uint32_t>(labels_.size()) - 1 - found->second;
  }
  // The name at a label index; empty if it has none or does not exist.
  absl::string_view NameOf(uint32_t label) const {
    return label < labels_.size() ? labels_[labels_.size() - 1 - label].name
                                  : absl::string_view();
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Label {
    absl::string_view name;
    // Depth of the block whose name this one hides.
    uint32_t shadowed;
  };

  std::vector<Label> labels_;
  // Name -> depth of the innermost block that has it.
  absl::flat_hash_map<absl::string_view, uint32_t> innermost_;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_INDEX_SPACE_H_
