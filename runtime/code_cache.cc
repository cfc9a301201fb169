#include "runtime/code_cache.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

constexpr char kKeyName[] = "key";
constexpr absl::string_view kExtension = ".code";
// Nobody needs so long to write a file.
constexpr int64_t kTemporaryNanoseconds = int64_t{3600} * 1000000000;
// A store looks after the limits if its size is this part of them, and
// otherwise one time in as many.
constexpr uint64_t kStoresBetweenPrunes = 16;

// What comes after the bytes of a file.
struct Trailer {
  uint64_t size;
  Digest authenticator;
  char magic[8];
};
static_assert(sizeof(Trailer) == 48, "no padding");
constexpr char kTrailerMagic[] = {'w', 'j', 's', 'i', 'g', 'n', 'e', 'd'};
constexpr absl::string_view kSignedFile = "wasijit signed file";

std::string FileName(const Digest& key) {
  return absl::StrCat(ToString(key), kExtension);
}

// `purpose` keeps what was made for one key from being taken for another's.
Trailer TrailerOf(const Digest& user_key, absl::Span<const uint8_t> purpose,
                  absl::Span<const uint8_t> bytes) {
  Trailer trailer;
  trailer.size = bytes.size();
  trailer.authenticator = AuthenticatorOf(user_key, {purpose, bytes});
  std::copy(std::begin(kTrailerMagic), std::end(kTrailerMagic), trailer.magic);
  return trailer;
}

absl::Span<const uint8_t> BytesOfTrailer(const Trailer& trailer) {
  return {reinterpret_cast<const uint8_t*>(&trailer), sizeof(trailer)};
}

// Takes the trailer off `bytes`; nothing if they have none.
std::optional<Trailer> TakeTrailer(absl::Span<const uint8_t>& bytes) {
  if (bytes.size() < sizeof(Trailer)) return std::nullopt;
  Trailer trailer;
  std::memcpy(&trailer, bytes.end() - sizeof(trailer), sizeof(trailer));
  if (!std::equal(std::begin(kTrailerMagic), std::end(kTrailerMagic),
                  trailer.magic) ||
      trailer.size != bytes.size() - sizeof(trailer)) {
    return std::nullopt;
  }
  bytes.remove_suffix(sizeof(trailer));
  return trailer;
}

bool IsAuthentic(const Trailer& trailer, const Digest& user_key,
                 absl::Span<const uint8_t> purpose,
                 absl::Span<const uint8_t> bytes) {
  return Equal(trailer.authenticator,
               AuthenticatorOf(user_key, {purpose, bytes}));
}

absl::Status Missing(absl::string_view what) {
  return absl::NotFoundError(absl::StrCat("there is no ", what));
}

// Removes a file of the cache and counts it.
void Remove(const UserDirectory& directory, const UserDirectory::File& file,
            CodeCache::Usage& removed) {
  if (!directory.Remove(file.name).ok()) return;
  ++removed.files;
  removed.size += file.size;
}

bool IsCode(const UserDirectory::File& file) {
  return absl::EndsWith(file.name, kExtension);
}

}  // namespace

CodeCache::CodeCache(CodeCacheOptions options) : options_(std::move(options)) {}

absl::StatusOr<const UserDirectory*> CodeCache::Directory(bool create) const {
  const absl::MutexLock lock(&mutex_);
  if (!directory_) {
    absl::StatusOr<UserDirectory> opened =
        create ? UserDirectory::OpenOrCreate(options_.directory)
               : UserDirectory::Open(options_.directory);
    RETURN_IF_ERROR(opened.status());
    directory_.emplace(*std::move(opened));
  }
  return &*directory_;
}

absl::StatusOr<Digest> CodeCache::UserKey(bool create) const {
  ASSIGN_OR_RETURN(const UserDirectory* directory, Directory(create));
  const absl::MutexLock lock(&mutex_);
  if (user_key_) return *user_key_;
  absl::StatusOr<std::vector<uint8_t>> bytes =
      directory->Read(kKeyName, kDigestSize, UserDirectory::Readers::kUser);
  if (create && absl::IsNotFound(bytes.status())) {
    Digest fresh;
    if (getrandom(fresh.data(), fresh.size(), 0) != kDigestSize) {
      return absl::ErrnoToStatus(errno, "cannot make a key");
    }
    // Whichever process is first makes the key of all.
    const absl::Status written =
        directory->Write(kKeyName, {fresh}, UserDirectory::Existing::kKeep);
    if (!written.ok() && !absl::IsAlreadyExists(written)) return written;
    bytes =
        directory->Read(kKeyName, kDigestSize, UserDirectory::Readers::kUser);
  }
  RETURN_IF_ERROR(bytes.status());
  if (bytes->size() != kDigestSize) return Missing("key of the user");
  std::copy(bytes->begin(), bytes->end(), user_key_.emplace().begin());
  return *user_key_;
}

std::optional<std::vector<uint8_t>> CodeCache::Lookup(const Digest& key) const {
  const absl::StatusOr<Digest> user_key = UserKey(/*create=*/false);
  if (!user_key.ok()) return std::nullopt;
  const absl::StatusOr<const UserDirectory*> directory = Directory(false);
  if (!directory.ok()) return std::nullopt;
  absl::StatusOr<std::vector<uint8_t>> file =
      (*directory)->Read(FileName(key), SIZE_MAX);
  if (!file.ok()) return std::nullopt;
  absl::Span<const uint8_t> bytes = *file;
  const std::optional<Trailer> trailer = TakeTrailer(bytes);
  if (!trailer || !IsAuthentic(*trailer, *user_key, key, bytes)) {
    return std::nullopt;
  }
  file->resize(bytes.size());
  return *std::move(file);
}

absl::Status CodeCache::Store(const Digest& key,
                              absl::Span<const uint8_t> bytes) const {
  ASSIGN_OR_RETURN(const Digest user_key, UserKey(/*create=*/true));
  ASSIGN_OR_RETURN(const UserDirectory* directory, Directory(/*create=*/true));
  const Trailer trailer = TrailerOf(user_key, key, bytes);
  RETURN_IF_ERROR(directory->Write(FileName(key),
                                   {bytes, BytesOfTrailer(trailer)},
                                   UserDirectory::Existing::kReplace));
  // The authenticator serves as a random number.
  const bool is_its_turn = trailer.authenticator[0] % kStoresBetweenPrunes == 0;
  if (is_its_turn || bytes.size() > options_.max_size / kStoresBetweenPrunes) {
    return Prune().status();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint8_t>> CodeCache::Sign(
    std::vector<uint8_t> bytes) const {
  ASSIGN_OR_RETURN(const Digest user_key, UserKey(/*create=*/true));
  const Trailer trailer = TrailerOf(user_key, BytesOf(kSignedFile), bytes);
  const absl::Span<const uint8_t> end = BytesOfTrailer(trailer);
  bytes.insert(bytes.end(), end.begin(), end.end());
  return bytes;
}

bool CodeCache::TakeSignature(absl::Span<const uint8_t>& bytes) const {
  const std::optional<Trailer> trailer = TakeTrailer(bytes);
  if (!trailer) return false;
  const absl::StatusOr<Digest> user_key = UserKey(/*create=*/false);
  return user_key.ok() &&
         IsAuthentic(*trailer, *user_key, BytesOf(kSignedFile), bytes);
}

bool CodeCache::TakeTurn() const {
  const absl::StatusOr<const UserDirectory*> directory =
      Directory(/*create=*/true);
  return directory.ok() && (*directory)->TryLock();
}

absl::StatusOr<CodeCache::Usage> CodeCache::Measure() const {
  const absl::StatusOr<const UserDirectory*> directory = Directory(false);
  if (absl::IsNotFound(directory.status())) return Usage();
  RETURN_IF_ERROR(directory.status());
  ASSIGN_OR_RETURN(const std::vector<UserDirectory::File> files,
                   (*directory)->List());
  Usage usage;
  for (const UserDirectory::File& file : files) {
    if (!IsCode(file)) continue;
    ++usage.files;
    usage.size += file.size;
  }
  return usage;
}

absl::StatusOr<CodeCache::Usage> CodeCache::Clear() const {
  const absl::StatusOr<const UserDirectory*> directory = Directory(false);
  if (absl::IsNotFound(directory.status())) return Usage();
  RETURN_IF_ERROR(directory.status());
  ASSIGN_OR_RETURN(const std::vector<UserDirectory::File> files,
                   (*directory)->List());
  Usage removed;
  for (const UserDirectory::File& file : files) {
    if (IsCode(file) || file.is_temporary) Remove(**directory, file, removed);
  }
  return removed;
}

absl::StatusOr<CodeCache::Usage> CodeCache::Prune() const {
  const absl::StatusOr<const UserDirectory*> directory = Directory(false);
  if (absl::IsNotFound(directory.status())) return Usage();
  RETURN_IF_ERROR(directory.status());
  ASSIGN_OR_RETURN(std::vector<UserDirectory::File> files,
                   (*directory)->List());
  Usage removed;
  Usage kept;
  const int64_t now = absl::GetCurrentTimeNanos();
  std::erase_if(files, [&](const UserDirectory::File& file) {
    if (file.is_temporary && file.last_use < now - kTemporaryNanoseconds) {
      Remove(**directory, file, removed);
    }
    return !IsCode(file);
  });
  for (const UserDirectory::File& file : files) kept.size += file.size;
  kept.files = files.size();
  if (kept.size <= options_.max_size && kept.files <= options_.max_files) {
    return removed;
  }
  std::sort(files.begin(), files.end(),
            [](const UserDirectory::File& a, const UserDirectory::File& b) {
              return a.last_use < b.last_use;
            });
  for (const UserDirectory::File& file : files) {
    if (kept.size <= options_.max_size / 100 * kPrunedPercent &&
        kept.files <= options_.max_files * kPrunedPercent / 100) {
      break;
    }
    Remove(**directory, file, removed);
    kept.size -= file.size;
    --kept.files;
  }
  return removed;
}

}  // namespace wasijit
