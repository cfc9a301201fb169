// Compiled code that outlives the process: one file for each key in a directory
// of the user's.
//
// Machine code is executed as it is read, so every file carries an
// authenticator made with a key that only the user can read. A file that is
// missing, cut, altered, renamed or somebody else's is not there.
#ifndef WASIJIT_RUNTIME_CODE_CACHE_H_
#define WASIJIT_RUNTIME_CODE_CACHE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "runtime/digest.h"
#include "runtime/platform/user_directory.h"

namespace wasijit {

struct CodeCacheOptions {
  std::string directory;
  // Both are soft: now and then, what was used longest ago is removed until
  // kPrunedPercent of them are kept.
  uint64_t max_size = uint64_t{512} << 20;
  uint64_t max_files = 4096;
};

inline constexpr uint64_t kPrunedPercent = 70;

// Thread-safe, and any number of processes may use one directory.
class CodeCache {
 public:
  // Touches nothing yet.
  explicit CodeCache(CodeCacheOptions options);

  // The bytes that were stored last under the key, unless they are gone.
  std::optional<std::vector<uint8_t>> Lookup(const Digest& key) const;

  // An error says why the bytes will not be found; nothing else is affected.
  absl::Status Store(const Digest& key, absl::Span<const uint8_t> bytes) const;

  // `bytes` with an authenticator behind them, for a file outside the
  // directory. Makes the user's key if there is none yet.
  absl::StatusOr<std::vector<uint8_t>> Sign(std::vector<uint8_t> bytes) const;

  // For who stores what nobody waits for: false if another process is about
  // that, or nothing can be stored. Given back when the process ends.
  bool TakeTurn() const;

  struct Usage {
    uint64_t files = 0;
    uint64_t size = 0;
  };
  // What is stored. A directory that does not exist is empty.
  absl::StatusOr<Usage> Measure() const;
  // Both return what they removed. Signatures stay valid.
  absl::StatusOr<Usage> Clear() const;
  // Removes what is beyond the limits, and what dead processes left behind.
  absl::StatusOr<Usage> Prune() const;

  // Whether this user signed. Takes the signature off in any case.
  bool TakeSignature(absl::Span<const uint8_t>& bytes) const;

  const CodeCacheOptions& options() const { return options_; }

 private:
  // Null if the directory is not there or not to be trusted.
  absl::StatusOr<const UserDirectory*> Directory(bool create) const;
  absl::StatusOr<Digest> UserKey(bool create) const;

  const CodeCacheOptions options_;
  mutable absl::Mutex mutex_;
  mutable std::optional<UserDirectory> directory_ ABSL_GUARDED_BY(mutex_);
  mutable std::optional<Digest> user_key_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_CODE_CACHE_H_
