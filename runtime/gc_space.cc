#include "runtime/gc_space.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/abi/gc_cards.h"
#include "runtime/abi/gc_layout.h"
#include "runtime/platform/virtual_memory.h"
#include "runtime/status/status_macros.h"

namespace wasijit {
namespace {

// Small enough to find room between what lives, large enough for several
// objects.
constexpr uint32_t kLineSize = 256;
constexpr uint32_t kFirstLine = kGcFirstObject / kLineSize;
// Larger objects get runs of lines of their own.
constexpr uint64_t kLargeObject = 8192;
// Spans are not longer, so that what is taken says when to collect.
constexpr uint64_t kLongestSpan = uint64_t{1} << 20;
constexpr uint64_t kGrowth = uint64_t{4} << 20;
// Parts of the reservation are multiples of it.
constexpr uint64_t kPart = 65536;
// In front of the base: the cards and VmGcHeap.
constexpr uint64_t kPrefix = kGcCardsDistance;
static_assert(kPrefix % kPart == 0);
// References reach no further.
constexpr uint64_t kMostSize = (uint64_t{1} << 32) - kGcFirstObject - kGrowth;
constexpr uint64_t kLeastSize = uint64_t{64} << 10;
constexpr uint8_t kPoison = 0xd5;

constexpr uint64_t kBytesPerBits = 64 * kGcAlignment;
static_assert(kBytesPerBits == kGcCardSize);

}  // namespace

absl::StatusOr<std::unique_ptr<GcSpace>> GcSpace::Create(uint64_t max_size,
                                                         const GcTypes& types) {
  uint64_t size = RoundUp(std::clamp(max_size, kLeastSize, kMostSize), kPart);
  while (true) {
    const uint64_t end = kGcFirstObject + size;
    absl::StatusOr<Reservation> reservation =
        Reservation::Create(kPrefix + RoundUp(end, kPart) +
                            RoundUp(end / kBytesPerBits * sizeof(Bits), kPart) +
                            RoundUp(end / kLineSize / 8, kPart));
    if (reservation.ok()) {
      auto space =
          absl::WrapUnique(new GcSpace(*std::move(reservation), size, types));
      const auto lines =
          static_cast<size_t>(reinterpret_cast<uint8_t*>(space->lines_) -
                              space->reservation_.begin());
      RETURN_IF_ERROR(
          space->reservation_.Protect(0, kPrefix, Protection::kReadWrite));
      RETURN_IF_ERROR(space->reservation_.Protect(
          lines, space->reservation_.size() - lines, Protection::kReadWrite));
      space->vm().displays = types.displays();
      space->Open({kGcFirstObject, kGcFirstObject});
      return space;
    }
    if (size <= kLeastSize) return reservation.status();
    size = RoundUp(size / 2, kPart);
  }
}

GcSpace::GcSpace(Reservation reservation, uint64_t max_size,
                 const GcTypes& types)
    : types_(types),
      reservation_(std::move(reservation)),
      base_(reservation_.begin() + kPrefix),
      cards_(base_ - kGcCardsDistance),
      max_end_(kGcFirstObject + max_size),
      cursor_(kFirstLine),
      long_cursor_(kFirstLine) {
  uint8_t* const bits = base_ + RoundUp(max_end_, kPart);
  bits_ = reinterpret_cast<Bits*>(bits);
  lines_ = reinterpret_cast<uint64_t*>(
      bits + RoundUp(max_end_ / kBytesPerBits * sizeof(Bits), kPart));
}

void GcSpace::AllowInlineAllocation(bool allowed) {
  inline_allocation_ = allowed;
  vm().limit = allowed ? open_.end : 0;
}

void GcSpace::UseLines(uint32_t begin, uint32_t end) {
  for (uint32_t line = begin; line < end;) {
    const uint32_t bit = line % 64;
    const uint32_t count = std::min(64 - bit, end - line);
    const uint64_t ones =
        count == 64 ? ~uint64_t{0} : ((uint64_t{1} << count) - 1) << bit;
    lines_[line / 64] |= ones;
    line += count;
  }
}

void GcSpace::FreeLines(Span span) {
  for (uint32_t line = span.begin / kLineSize; line < span.end / kLineSize;
       ++line) {
    lines_[line / 64] &= ~(uint64_t{1} << (line % 64));
  }
}

GcSpace::Span GcSpace::FindRun(uint32_t line, uint64_t least,
                               uint64_t most) const {
  const auto end = static_cast<uint32_t>(end_ / kLineSize);
  while (line < end) {
    // Skips what is used, then what is free, a word at a time.
    const uint64_t free = ~lines_[line / 64] >> (line % 64);
    if (free == 0) {
      line = (line / 64 + 1) * 64;
      continue;
    }
    line += static_cast<uint32_t>(std::countr_zero(free));
    const uint32_t begin = line;
    const uint64_t enough = begin + (most + kLineSize - 1) / kLineSize;
    while (line < end && line < enough) {
      const uint64_t used = lines_[line / 64] >> (line % 64);
      if (used != 0) {
        line += static_cast<uint32_t>(std::countr_zero(used));
        break;
      }
      line = (line / 64 + 1) * 64;
    }
    line = static_cast<uint32_t>(std::min<uint64_t>({line, end, enough}));
    if (uint64_t{line - begin} * kLineSize >= least) {
      return {begin * kLineSize, line * kLineSize};
    }
  }
  return {};
}

bool GcSpace::Commit(uint64_t end) {
  const uint64_t page = PageSize();
  const auto protect = [&](const void* begin, uint64_t from, uint64_t to) {
    const auto offset = static_cast<uint64_t>(
        static_cast<const uint8_t*>(begin) - reservation_.begin());
    const uint64_t first = (offset + from) & -page;
    return reservation_
        .Protect(first, offset + to - first, Protection::kReadWrite)
        .ok();
  };
  return protect(bits_, end_ / kBytesPerBits * sizeof(Bits),
                 end / kBytesPerBits * sizeof(Bits)) &&
         protect(base_, end_, end);
}

bool GcSpace::Grow(uint64_t size) {
  const uint64_t roomy = std::max(RoundUp(size, kPart), kGrowth);
  for (const uint64_t more : {roomy, RoundUp(size, kPart)}) {
    const uint64_t end = std::min(end_ + more, max_end_);
    if (end - end_ < size || !Commit(end)) continue;
    end_ = end;
    return true;
  }
  return false;
}

GcSpace::Span GcSpace::TakeRun(uint32_t& cursor, uint64_t least,
                               uint64_t most) {
  Span run = FindRun(cursor, least, most);
  if (run.end == 0) {
    if (!Grow(RoundUp(least, kLineSize))) return {};
    run = FindRun(cursor, least, most);
  }
  cursor = run.end / kLineSize;
  UseLines(run.begin / kLineSize, cursor);
  taken_ += run.end - run.begin;
  runs_.push_back(run);
  top_ = std::max(top_, run.end);
  return run;
}

void GcSpace::Close() {
  const uint32_t next = vm().next;
  if (next > open_.begin) filled_.push_back({open_.begin, next});
  open_.begin = next;
}

void GcSpace::Open(Span span) {
  open_ = span;
  vm().next = span.begin;
  vm().limit = inline_allocation_ ? span.end : 0;
}

GcReference GcSpace::Take(uint64_t size) {
  if (size > max_size()) return 0;
  long_cursor_ = std::max(long_cursor_, cursor_);
  if (vm().next + size > open_.end) {
    if (size > kLargeObject) {
      const Span own = TakeRun(long_cursor_, size, size);
      if (own.end == 0) return 0;
      filled_.push_back({own.begin, static_cast<uint32_t>(own.begin + size)});
      return own.begin;
    }
    uint32_t& cursor = size > kLineSize ? long_cursor_ : cursor_;
    const Span span = TakeRun(cursor, size, kLongestSpan);
    if (span.end == 0) return 0;
    Close();
    Open(span);
  }
  const uint32_t place = vm().next;
  vm().next = static_cast<uint32_t>(place + size);
  return place;
}

void GcSpace::NoteObjects() {
  Close();
  // What has been made since the last time begins where its neighbour ends.
  for (const Span span : filled_) {
    for (uint32_t place = span.begin; place < span.end;) {
      BitsOf(place).begins |= uint64_t{1} << BitOf(place);
      place += static_cast<uint32_t>(types_.SizeOf(At(place)));
    }
  }
  filled_.clear();
}

void GcSpace::BeginMarking(GcScope scope) {
  NoteObjects();
  if (scope == GcScope::kNew) {
    // Nothing else lies in what has been taken.
    for (const Span run : runs_) FreeLines(run);
    return;
  }
  std::fill_n(lines_, top_ / kLineSize / 64 + 1, 0);
  std::fill_n(cards_, top_ / kGcCardSize + 1, 0);
  for (uint32_t i = kGcFirstObject / kBytesPerBits; i * kBytesPerBits < top_;
       ++i) {
    bits_[i].lives = 0;
  }
  live_ = 0;
}

void GcSpace::VisitWrites(
    absl::FunctionRef<void(GcReference, uint32_t, uint32_t)> visit) {
  // The last object that has been seen: cards come in order.
  Span object = {};
  constexpr uint32_t kCardsAtOnce = sizeof(uint64_t);
  for (uint32_t card = kGcFirstObject / kGcCardSize; card <= top_ / kGcCardSize;
       card += kCardsAtOnce) {
    uint64_t written;
    std::memcpy(&written, cards_ + card, sizeof(written));
    if (written == 0) continue;
    std::memset(cards_ + card, 0, sizeof(written));
    for (uint32_t i = 0; i < kCardsAtOnce; ++i) {
      if ((written >> (8 * i) & 1) != 0) VisitCard(card + i, object, visit);
    }
  }
}

void GcSpace::VisitCard(
    uint32_t card, Span& object,
    absl::FunctionRef<void(GcReference, uint32_t, uint32_t)> visit) {
  const uint32_t begin = card * kGcCardSize;
  const uint32_t end = begin + kGcCardSize;
  if (begin >= top_) return;
  const auto span_of = [this](GcReference reference) {
    return Span{reference, static_cast<uint32_t>(reference +
                                                 types_.SizeOf(At(reference)))};
  };
  const auto is_old = [this](GcReference reference) {
    return (BitsOf(reference).lives >> BitOf(reference) & 1) != 0;
  };
  if (object.end <= begin) {
    const GcReference around = ObjectAround(begin);
    object = around == 0 ? Span{begin, begin} : span_of(around);
  }
  if (object.begin < begin && is_old(object.begin)) {
    visit(object.begin, begin, end);
  }
  const Bits bits = bits_[card];
  for (uint64_t old = bits.begins & bits.lives; old != 0; old &= old - 1) {
    object = span_of(begin + static_cast<uint32_t>(std::countr_zero(old)) *
                                 kGcAlignment);
    visit(object.begin, begin, end);
  }
}

GcReference GcSpace::ObjectAround(uint32_t offset) const {
  if (offset < kGcFirstObject || offset >= top_) return 0;
  uint32_t word = offset / kGcAlignment / 64;
  uint64_t begins =
      bits_[word].begins << (63 - BitOf(offset)) >> (63 - BitOf(offset));
  while (begins == 0 && word > kGcFirstObject / kGcAlignment / 64) {
    begins = bits_[--word].begins;
  }
  if (begins == 0) return 0;
  const uint32_t object =
      (word * 64 + 63 - static_cast<uint32_t>(std::countl_zero(begins))) *
      kGcAlignment;
  return offset - object < types_.SizeOf(At(object)) ? object : 0;
}

bool GcSpace::Mark(GcReference reference) {
  Bits& bits = BitsOf(reference);
  const uint64_t bit = uint64_t{1} << BitOf(reference);
  if ((bits.lives & bit) != 0) return false;
  bits.lives |= bit;
  const uint64_t size = types_.SizeOf(At(reference));
  live_ += size;
  UseLines(reference / kLineSize,
           static_cast<uint32_t>((reference + size - 1) / kLineSize + 1));
  return true;
}

void GcSpace::Poison(Span span) {
  for (uint32_t line = span.begin / kLineSize; line < span.end / kLineSize;
       ++line) {
    if (!LineIsUsed(line))
      std::memset(At(line * kLineSize), kPoison, kLineSize);
  }
}

void GcSpace::EndMarking(GcScope scope, bool poison) {
  if (scope == GcScope::kAll) runs_ = {{kGcFirstObject, top_}};
  for (const Span run : runs_) {
    for (uint32_t i = run.begin / kBytesPerBits; i * kBytesPerBits < run.end;
         ++i) {
      bits_[i].begins &= bits_[i].lives;
    }
    if (poison) Poison(run);
  }
  runs_.clear();
  cursor_ = kFirstLine;
  long_cursor_ = kFirstLine;
  taken_ = 0;
  Open({kGcFirstObject, kGcFirstObject});
}

}  // namespace wasijit
