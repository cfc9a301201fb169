// What instructions do: verbs over shapes.
//
// i32.add, f32.add and i8x16.add are one verb, Add, with the shapes I32, F32
// and I8x16. The shape is that of the result, or of the operands where the
// result is a truth value (comparisons, tests), a lane, or nothing (stores).
// Where source and result differ otherwise (conversions), the source type is
// the signature's operand; among vectors it follows from verb and shape:
//   Extend{Low,High}, ExtMul, ExtAddPairwise  integer lanes of half the width
//   Narrow                                    integer lanes of twice the width
//   TruncSat, Convert, RelaxedTrunc           lanes of the same width
//   TruncSatZero, RelaxedTruncZero            F64x2 into the low half
//   ConvertLow, PromoteLow, DemoteZero        I32x4, F32x4, F64x2
#ifndef WASIJIT_COMPILER_SYNTAX_VERB_H_
#define WASIJIT_COMPILER_SYNTAX_VERB_H_

#include <cstdint>

namespace wasijit::compiler {

enum class Shape : uint8_t {
  kNone,
  kI32,
  kI64,
  kF32,
  kF64,
  // All 128 bits.
  kV128,
  kI8x16,
  kI16x8,
  kI32x4,
  kI64x2,
  kF32x4,
  kF64x2,
};

// clang-format off
enum class Verb : uint16_t {
  // Control.
  kUnreachable, kNop, kBlock, kLoop, kIf, kElse, kEnd,
  kBr, kBrIf, kBrTable, kReturn,
  kCall, kCallIndirect, kCallRef,
  kReturnCall, kReturnCallIndirect, kReturnCallRef,
  kThrow, kThrowRef, kTryTable,
  kTry, kCatch, kCatchAll, kDelegate, kRethrow,

  // Parametric instructions and variables.
  kDrop, kSelect,
  kLocalGet, kLocalSet, kLocalTee, kGlobalGet, kGlobalSet,

  // Tables.
  kTableGet, kTableSet, kTableSize, kTableGrow,
  kTableFill, kTableCopy, kTableInit, kElemDrop,

  // Memory. Digits are the width in memory, where it is not the shape's.
  kLoad, kLoad8S, kLoad8U, kLoad16S, kLoad16U, kLoad32S, kLoad32U,
  kStore, kStore8, kStore16, kStore32,
  kMemorySize, kMemoryGrow, kMemoryFill, kMemoryCopy, kMemoryInit, kDataDrop,
  kLoad8x8S, kLoad8x8U, kLoad16x4S, kLoad16x4U, kLoad32x2S, kLoad32x2U,
  kLoad8Splat, kLoad16Splat, kLoad32Splat, kLoad64Splat,
  kLoad32Zero, kLoad64Zero,
  kLoad8Lane, kLoad16Lane, kLoad32Lane, kLoad64Lane,
  kStore8Lane, kStore16Lane, kStore32Lane, kStore64Lane,

  // Atomic memory. S and U as above; Rmw results are zero-extended.
  kAtomicFence, kAtomicNotify, kAtomicWait,
  kAtomicLoad, kAtomicLoad8U, kAtomicLoad16U, kAtomicLoad32U,
  kAtomicStore, kAtomicStore8, kAtomicStore16, kAtomicStore32,
  kAtomicRmwAdd, kAtomicRmwAdd8U, kAtomicRmwAdd16U, kAtomicRmwAdd32U,
  kAtomicRmwSub, kAtomicRmwSub8U, kAtomicRmwSub16U, kAtomicRmwSub32U,
  kAtomicRmwAnd, kAtomicRmwAnd8U, kAtomicRmwAnd16U, kAtomicRmwAnd32U,
  kAtomicRmwOr, kAtomicRmwOr8U, kAtomicRmwOr16U, kAtomicRmwOr32U,
  kAtomicRmwXor, kAtomicRmwXor8U, kAtomicRmwXor16U, kAtomicRmwXor32U,
  kAtomicRmwXchg, kAtomicRmwXchg8U, kAtomicRmwXchg16U, kAtomicRmwXchg32U,
  kAtomicRmwCmpxchg, kAtomicRmwCmpxchg8U, kAtomicRmwCmpxchg16U,
  kAtomicRmwCmpxchg32U,

  // Numbers and vectors alike.
  kConst,
  kEqz, kEq, kNe,
  kLtS, kLtU, kGtS, kGtU, kLeS, kLeU, kGeS, kGeU,
  kLt, kGt, kLe, kGe,
  kClz, kCtz, kPopcnt,
  kAdd, kSub, kMul, kDivS, kDivU, kRemS, kRemU, kDiv,
  kAnd, kOr, kXor, kShl, kShrS, kShrU, kRotl, kRotr,
  kAbs, kNeg, kCeil, kFloor, kTrunc, kNearest, kSqrt,
  kMin, kMax, kCopysign,
  kAdd128, kSub128, kMulWideS, kMulWideU,

  // Conversions.
  kWrap, kExtendS, kExtendU, kExtend8S, kExtend16S, kExtend32S,
  kTruncS, kTruncU, kTruncSatS, kTruncSatU, kConvertS, kConvertU,
  kDemote, kPromote, kReinterpret,

  // Vectors alone.
  kShuffle, kSwizzle, kSplat,
  kExtractLane, kExtractLaneS, kExtractLaneU, kReplaceLane,
  kNot, kAndNot, kBitselect, kAnyTrue, kAllTrue, kBitmask,
  kAddSatS, kAddSatU, kSubSatS, kSubSatU,
  kMinS, kMinU, kMaxS, kMaxU, kAvgrU, kPMin, kPMax,
  kQ15MulrSatS, kDot,
  kNarrowS, kNarrowU,
  kExtendLowS, kExtendHighS, kExtendLowU, kExtendHighU,
  kExtMulLowS, kExtMulHighS, kExtMulLowU, kExtMulHighU,
  kExtAddPairwiseS, kExtAddPairwiseU,
  kTruncSatZeroS, kTruncSatZeroU, kConvertLowS, kConvertLowU,
  kDemoteZero, kPromoteLow,
  kRelaxedSwizzle, kRelaxedTruncS, kRelaxedTruncU,
  kRelaxedTruncZeroS, kRelaxedTruncZeroU, kRelaxedMadd, kRelaxedNmadd,
  kRelaxedLaneselect, kRelaxedMin, kRelaxedMax, kRelaxedQ15MulrS,
  kRelaxedDot, kRelaxedDotAdd,

  // References.
  kRefNull, kRefIsNull, kRefFunc, kRefEq, kRefAsNonNull,
  kBrOnNull, kBrOnNonNull,
  kRefTest, kRefCast, kBrOnCast, kBrOnCastFail,
  kAnyConvertExtern, kExternConvertAny,
  kRefI31, kI31GetS, kI31GetU,
  kStructNew, kStructNewDefault,
  kStructGet, kStructGetS, kStructGetU, kStructSet,
  kArrayNew, kArrayNewDefault, kArrayNewFixed, kArrayNewData, kArrayNewElem,
  kArrayGet, kArrayGetS, kArrayGetU, kArraySet, kArrayLen,
  kArrayFill, kArrayCopy, kArrayInitData, kArrayInitElem,
  kStructNewDesc, kStructNewDefaultDesc, kRefGetDesc,
  kRefCastDescEq, kBrOnCastDescEq, kBrOnCastDescEqFail,
};
// clang-format on

// Lanes of a vector shape; 1 for scalars.
constexpr uint32_t LaneCount(Shape shape) {
  switch (shape) {
    case Shape::kI8x16:
      return 16;
    case Shape::kI16x8:
      return 8;
    case Shape::kI32x4:
    case Shape::kF32x4:
      return 4;
    case Shape::kI64x2:
    case Shape::kF64x2:
      return 2;
    default:
      return 1;
  }
}

constexpr bool IsVector(Shape shape) { return shape >= Shape::kV128; }

// Whether the scalar or the lanes are floats.
constexpr bool IsFloat(Shape shape) {
  return shape == Shape::kF32 || shape == Shape::kF64 ||
         shape == Shape::kF32x4 || shape == Shape::kF64x2;
}

// log2 of the bytes that a load, store or atomic operation accesses, which is
// also its natural alignment; 0 for other verbs.
constexpr uint8_t AccessSizeLog2(Verb verb, Shape shape) {
  switch (verb) {
    case Verb::kLoad:
    case Verb::kStore:
    case Verb::kAtomicNotify:
    case Verb::kAtomicWait:
    case Verb::kAtomicLoad:
    case Verb::kAtomicStore:
    case Verb::kAtomicRmwAdd:
    case Verb::kAtomicRmwSub:
    case Verb::kAtomicRmwAnd:
    case Verb::kAtomicRmwOr:
    case Verb::kAtomicRmwXor:
    case Verb::kAtomicRmwXchg:
    case Verb::kAtomicRmwCmpxchg:
      if (IsVector(shape)) return 4;
      return shape == Shape::kI64 || shape == Shape::kF64 ? 3 : 2;
    case Verb::kLoad16S:
    case Verb::kLoad16U:
    case Verb::kStore16:
    case Verb::kLoad16Splat:
    case Verb::kLoad16Lane:
    case Verb::kStore16Lane:
    case Verb::kAtomicLoad16U:
    case Verb::kAtomicStore16:
    case Verb::kAtomicRmwAdd16U:
    case Verb::kAtomicRmwSub16U:
    case Verb::kAtomicRmwAnd16U:
    case Verb::kAtomicRmwOr16U:
    case Verb::kAtomicRmwXor16U:
    case Verb::kAtomicRmwXchg16U:
    case Verb::kAtomicRmwCmpxchg16U:
      return 1;
    case Verb::kLoad32S:
    case Verb::kLoad32U:
    case Verb::kStore32:
    case Verb::kLoad32Splat:
    case Verb::kLoad32Zero:
    case Verb::kLoad32Lane:
    case Verb::kStore32Lane:
    case Verb::kAtomicLoad32U:
    case Verb::kAtomicStore32:
    case Verb::kAtomicRmwAdd32U:
    case Verb::kAtomicRmwSub32U:
    case Verb::kAtomicRmwAnd32U:
    case Verb::kAtomicRmwOr32U:
    case Verb::kAtomicRmwXor32U:
    case Verb::kAtomicRmwXchg32U:
    case Verb::kAtomicRmwCmpxchg32U:
      return 2;
    case Verb::kLoad8x8S:
    case Verb::kLoad8x8U:
    case Verb::kLoad16x4S:
    case Verb::kLoad16x4U:
    case Verb::kLoad32x2S:
    case Verb::kLoad32x2U:
    case Verb::kLoad64Splat:
    case Verb::kLoad64Zero:
    case Verb::kLoad64Lane:
    case Verb::kStore64Lane:
      return 3;
    default:
      return 0;
  }
}

// Whether the operation is atomic: its alignment must be the natural one.
constexpr bool IsAtomic(Verb verb) {
  return verb >= Verb::kAtomicFence && verb <= Verb::kAtomicRmwCmpxchg32U;
}

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_SYNTAX_VERB_H_
