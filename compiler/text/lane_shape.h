// How the lanes of vector constants are written (specification, 6.5.8).
#ifndef WASIJIT_COMPILER_TEXT_LANE_SHAPE_H_
#define WASIJIT_COMPILER_TEXT_LANE_SHAPE_H_

#include <cstddef>
#include <cstdint>

#include "compiler/syntax/immediates.h"
#include "compiler/text/keyword.h"
#include "compiler/text/token_cursor.h"

namespace wasijit::compiler {

struct LaneShape {
  Keyword keyword;
  // Of the constant that a lane is: kI32, kI64, kF32 or kF64.
  ImmediateKind kind;
  // Bits of a lane.
  uint8_t width;

  constexpr size_t LaneCount() const { return 128u / width; }
};

inline constexpr LaneShape kLaneShapes[] = {
    {Keyword::kI8x16, ImmediateKind::kI32, 8},
    {Keyword::kI16x8, ImmediateKind::kI32, 16},
    {Keyword::kI32x4, ImmediateKind::kI32, 32},
    {Keyword::kI64x2, ImmediateKind::kI64, 64},
    {Keyword::kF32x4, ImmediateKind::kF32, 32},
    {Keyword::kF64x2, ImmediateKind::kF64, 64},
};

// The shape at the cursor; null, and a failure, if there is none.
inline const LaneShape* ExpectLaneShape(TokenCursor& cursor) {
  for (const LaneShape& shape : kLaneShapes) {
    if (cursor.TakeKeyword(shape.keyword)) return &shape;
  }
  cursor.FailUnexpected("the shape of a vector");
  return nullptr;
}

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_LANE_SHAPE_H_
