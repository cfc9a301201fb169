// The types of WASI preview 1 (typenames.witx): enumerations and flags from
// types.def, and the records as they lie in guest memory.
//
// Records have the guest's layout, so that they are copied as they are; the
// hosts are little-endian like WebAssembly. Padding is spelled out and zero: no
// byte of the host's stack reaches the guest.
#ifndef WASIJIT_WASI_TYPES_H_
#define WASIJIT_WASI_TYPES_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace wasijit::wasi {

static_assert(std::endian::native == std::endian::little);

// A number below 2^31 that the guest knows a descriptor by.
enum class Fd : uint32_t {};

using Size = uint32_t;
using Filesize = uint64_t;
using Filedelta = int64_t;
// Nanoseconds.
using Timestamp = uint64_t;
using Dircookie = uint64_t;
using Exitcode = uint32_t;

#define VALUE(name, number, text) k##name = number,
#define BIT(name, bit, text) k##name = uint64_t{1} << bit,
#define ENUM(type, representation, values) \
  enum class type : representation { values };
#define FLAGS(type, representation, bits) \
  enum class type : representation { kNone = 0, bits };
#include "wasi/types.def"

// An enumerator or flag and its witx name.
struct NamedNumber {
  uint64_t number;
  absl::string_view name;
};

// What the table says of a type: its names, and for flags the union of them.
template <typename T>
struct TypeInfo;

#define VALUE(name, number, text) NamedNumber{number, text},
#define BIT(name, bit, text) NamedNumber{uint64_t{1} << bit, text},
#define ENUM(type, representation, values)            \
  template <>                                         \
  struct TypeInfo<type> {                             \
    static constexpr bool kIsFlags = false;           \
    static constexpr NamedNumber kNames[] = {values}; \
  };
#define FLAGS(type, representation, bits)                               \
  template <>                                                           \
  struct TypeInfo<type> {                                               \
    static constexpr bool kIsFlags = true;                              \
    static constexpr NamedNumber kNames[] = {NamedNumber{0, ""}, bits}; \
  };
#include "wasi/types.def"

template <typename T>
concept TableType = requires { TypeInfo<T>::kIsFlags; };
template <typename T>
concept FlagsType = TableType<T> && TypeInfo<T>::kIsFlags;

template <FlagsType T>
constexpr T operator|(T a, T b) {
  return static_cast<T>(std::to_underlying(a) | std::to_underlying(b));
}
template <FlagsType T>
constexpr T operator&(T a, T b) {
  return static_cast<T>(std::to_underlying(a) & std::to_underlying(b));
}
template <FlagsType T>
constexpr T operator~(T a) {
  return static_cast<T>(~std::to_underlying(a));
}
template <FlagsType T>
constexpr T& operator|=(T& a, T b) {
  return a = a | b;
}
template <FlagsType T>
constexpr T& operator&=(T& a, T b) {
  return a = a & b;
}
// Whether any of the flags is set.
template <FlagsType T>
constexpr bool HasAny(T value, T flags) {
  return (value & flags) != T::kNone;
}
// Whether all of the flags are set.
template <FlagsType T>
constexpr bool HasAll(T value, T flags) {
  return (value & flags) == flags;
}

// Every flag that the type defines.
template <FlagsType T>
constexpr T AllFlags() {
  uint64_t all = 0;
  for (const NamedNumber& flag : TypeInfo<T>::kNames) all |= flag.number;
  return static_cast<T>(all);
}

// Whether the table has a row with this number, or for flags has rows for all
// of the bits.
template <TableType T>
constexpr bool IsDefined(uint64_t number) {
  if constexpr (FlagsType<T>) {
    return (number & ~uint64_t{std::to_underlying(AllFlags<T>())}) == 0;
  } else {
    for (const NamedNumber& value : TypeInfo<T>::kNames) {
      if (value.number == number) return true;
    }
    return false;
  }
}

struct Fdstat {
  Filetype filetype = Filetype::kUnknown;
  uint8_t padding1 = 0;
  Fdflags flags = Fdflags::kNone;
  uint32_t padding2 = 0;
  Rights rights_base = Rights::kNone;
  Rights rights_inheriting = Rights::kNone;
};
static_assert(sizeof(Fdstat) == 24);

struct Filestat {
  uint64_t dev = 0;
  uint64_t ino = 0;
  Filetype filetype = Filetype::kUnknown;
  uint8_t padding[7] = {};
  uint64_t nlink = 0;
  Filesize size = 0;
  Timestamp atim = 0;
  Timestamp mtim = 0;
  Timestamp ctim = 0;
};
static_assert(sizeof(Filestat) == 64 && offsetof(Filestat, size) == 32);

struct Dirent {
  Dircookie next = 0;
  uint64_t ino = 0;
  uint32_t namlen = 0;
  Filetype type = Filetype::kUnknown;
  uint8_t padding[3] = {};
};
static_assert(sizeof(Dirent) == 24);

struct Prestat {
  Preopentype type = Preopentype::kDir;
  uint8_t padding[3] = {};
  Size name_length = 0;
};
static_assert(sizeof(Prestat) == 8);

struct Event {
  uint64_t userdata = 0;
  uint16_t error = 0;
  Eventtype type = Eventtype::kClock;
  uint8_t padding1[5] = {};
  Filesize nbytes = 0;
  Eventrwflags flags = Eventrwflags::kNone;
  uint8_t padding2[6] = {};
};
static_assert(sizeof(Event) == 32 && offsetof(Event, nbytes) == 16);

// A subscription as a value; its layouts are below. `type` may have any
// number: what the guest wrote.
struct Subscription {
  uint64_t userdata;
  Eventtype type;
  // Of a clock.
  uint32_t clock;
  Timestamp timeout;
  uint16_t clock_flags;
  // Of fd_read and fd_write.
  Fd fd;
};

// An iovec or ciovec.
struct GuestIovec {
  uint32_t address;
  Size length;
};
static_assert(sizeof(GuestIovec) == 8);

// Two results.
using CountAndBytes = std::pair<Size, Size>;
using SizeAndFlags = std::pair<Size, Roflags>;

// Subscriptions in guest memory.
struct SubscriptionLayout {
  uint32_t size;
  uint32_t clock_id;
  uint32_t timeout;
  uint32_t clock_flags;
};
// Common to both versions.
inline constexpr uint32_t kSubscriptionType = 8;
inline constexpr uint32_t kSubscriptionFd = 16;

inline constexpr SubscriptionLayout kPreview1Subscription = {48, 16, 24, 40};

// `wasi_unstable` (preview 0) counts links in 32 bits.
struct UnstableFilestat {
  UnstableFilestat() = default;
  // A link count above 2^32 - 1 becomes that.
  explicit UnstableFilestat(const Filestat& stat);

  uint64_t dev = 0;
  uint64_t ino = 0;
  Filetype filetype = Filetype::kUnknown;
  uint8_t padding[3] = {};
  uint32_t nlink = 0;
  Filesize size = 0;
  Timestamp atim = 0;
  Timestamp mtim = 0;
  Timestamp ctim = 0;
};
static_assert(sizeof(UnstableFilestat) == 56 &&
              offsetof(UnstableFilestat, nlink) == 20);

// There, a clock subscription begins with an identifier of the user's.
inline constexpr SubscriptionLayout kUnstableSubscription = {56, 24, 32, 48};

// The same position in the numbering of preview 1.
Whence ToWhence(UnstableWhence whence);

}  // namespace wasijit::wasi

#endif  // WASIJIT_WASI_TYPES_H_
