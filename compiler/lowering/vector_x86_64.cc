#include <array>
#include <cstdint>

#include "absl/types/span.h"
#include "compiler/lowering/code_builder.h"
#include "compiler/lowering/vector_families.h"
#include "compiler/syntax/verb.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Intrinsics.h"
#include "llvm/IR/IntrinsicsX86.h"
#include "llvm/IR/Value.h"

namespace wasijit::compiler {
namespace {

namespace Intrinsic = llvm::Intrinsic;

// 128-bit forms of AVX-512 instructions.
bool HasAvx512(CodeBuilder& b) { return b.target().HasFeature("avx512vl"); }

llvm::Value* Call(CodeBuilder& b, Intrinsic::ID id,
                  llvm::ArrayRef<llvm::Value*> arguments) {
  return b.CreateIntrinsic(id, arguments);
}

llvm::Value* FloatSplat(llvm::Value* like, double value) {
  return llvm::ConstantFP::get(like->getType(), value);
}

// MINPS and MAXPS and their kin: the second operand if either is NaN or both
// are zeros.
llvm::Value* MachineMin(CodeBuilder& b, llvm::Value* x, llvm::Value* y) {
  return b.CreateSelect(b.CreateFCmpOLT(x, y), x, y);
}
llvm::Value* MachineMax(CodeBuilder& b, llvm::Value* x, llvm::Value* y) {
  return b.CreateSelect(b.CreateFCmpOGT(x, y), x, y);
}

// Flips all bits of the lanes of `x` where `condition` holds.
llvm::Value* FlipWhere(CodeBuilder& b, llvm::Value* condition, llvm::Value* x) {
  return b.CreateXor(x, b.CreateSExt(condition, x->getType()));
}

// CVTTPS2DQ gives the least integer for what is out of range.
llvm::Value* LowerTruncSatS(CodeBuilder& b, llvm::Value* operand) {
  llvm::Value* x = b.AsLanes(operand, Shape::kF32x4);
  llvm::Value* number = b.CreateSelect(
      b.CreateFCmpORD(x, x), x, llvm::Constant::getNullValue(x->getType()));
  return FlipWhere(b, b.CreateFCmpOGE(number, FloatSplat(x, 0x1p31)),
                   Call(b, Intrinsic::x86_sse2_cvttps2dq, {number}));
}

llvm::Value* LowerTruncSatU(CodeBuilder& b, llvm::Value* operand) {
  llvm::Value* x = b.AsLanes(operand, Shape::kF32x4);
  llvm::Value* zero = llvm::Constant::getNullValue(b.TypeOf(Shape::kI32x4));
  // NaN becomes 0 too.
  llvm::Value* positive = MachineMax(b, x, FloatSplat(x, 0.0));
  if (HasAvx512(b)) {
    return Call(b, Intrinsic::x86_avx512_mask_cvttps2udq_128,
                {positive, zero, b.getInt8(-1)});
  }
  // 2^31 and more is the least integer in `low`, and the rest in `high`.
  llvm::Value* low = Call(b, Intrinsic::x86_sse2_cvttps2dq, {positive});
  llvm::Value* rest = b.CreateFSub(positive, FloatSplat(x, 0x1p31));
  llvm::Value* high = FlipWhere(b, b.CreateFCmpOGE(rest, FloatSplat(x, 0x1p31)),
                                Call(b, Intrinsic::x86_sse2_cvttps2dq, {rest}));
  return b.CreateAdd(low, b.CreateBinaryIntrinsic(Intrinsic::smax, high, zero));
}

llvm::Value* LowerTruncSatZeroS(CodeBuilder& b, llvm::Value* operand) {
  llvm::Value* x = b.AsLanes(operand, Shape::kF64x2);
  llvm::Value* limit = b.CreateSelect(
      b.CreateFCmpORD(x, x), FloatSplat(x, 0x1p31 - 1), FloatSplat(x, 0.0));
  return Call(b, Intrinsic::x86_sse2_cvttpd2dq, {MachineMin(b, x, limit)});
}

llvm::Value* LowerTruncSatZeroU(CodeBuilder& b, llvm::Value* operand) {
  llvm::Value* x = b.AsLanes(operand, Shape::kF64x2);
  llvm::Value* zero = llvm::Constant::getNullValue(b.TypeOf(Shape::kI32x4));
  llvm::Value* positive = MachineMax(b, x, FloatSplat(x, 0.0));
  if (HasAvx512(b)) {
    return Call(b, Intrinsic::x86_avx512_mask_cvttpd2udq_128,
                {positive, zero, b.getInt8(-1)});
  }
  // 2^52 plus an integer has the integer in its low bits.
  llvm::Value* whole = b.CreateUnaryIntrinsic(
      Intrinsic::trunc, MachineMin(b, positive, FloatSplat(x, 0x1p32 - 1)));
  llvm::Value* bits =
      b.AsLanes(b.CreateFAdd(whole, FloatSplat(x, 0x1p52)), Shape::kI32x4);
  return b.CreateShuffleVector(bits, zero, {0, 2, 4, 5});
}

// In relaxed instructions what is out of range may become the least signed or
// the greatest unsigned integer, which is what the machine makes of it.
llvm::Value* LowerRelaxedTruncU(CodeBuilder& b, Verb verb,
                                llvm::Value* operand) {
  if (!HasAvx512(b)) return nullptr;
  llvm::Value* zero = llvm::Constant::getNullValue(b.TypeOf(Shape::kI32x4));
  return verb == Verb::kRelaxedTruncU
             ? Call(b, Intrinsic::x86_avx512_mask_cvttps2udq_128,
                    {b.AsLanes(operand, Shape::kF32x4), zero, b.getInt8(-1)})
             : Call(b, Intrinsic::x86_avx512_mask_cvttpd2udq_128,
                    {b.AsLanes(operand, Shape::kF64x2), zero, b.getInt8(-1)});
}

// PSHUFB gives 0 for indices from 128, the index modulo 16 below.
llvm::Value* LowerSwizzle(CodeBuilder& b, llvm::Value* x,
                          llvm::Value* indices) {
  llvm::Value* bias = llvm::ConstantInt::get(x->getType(), 128 - 16);
  return Call(b, Intrinsic::x86_ssse3_pshuf_b_128,
              {x, b.CreateBinaryIntrinsic(Intrinsic::uadd_sat, indices, bias)});
}

// PMULHRSW wraps in one case, -1 times -1.
llvm::Value* LowerQ15MulrSat(CodeBuilder& b, llvm::Value* x, llvm::Value* y) {
  llvm::Value* product = Call(b, Intrinsic::x86_ssse3_pmul_hr_sw_128, {x, y});
  llvm::Value* wrapped = llvm::ConstantInt::getSigned(x->getType(), INT16_MIN);
  return FlipWhere(b, b.CreateICmpEQ(product, wrapped), product);
}

// The bytes of `x` beside those of `y`, from byte `first`.
llvm::Value* InterleaveBytes(CodeBuilder& b, llvm::Value* x, llvm::Value* y,
                             int first) {
  std::array<int, 16> mask;
  for (int i = 0; i < 16; ++i) mask[i] = first + i / 2 + i % 2 * 16;
  return b.AsLanes(b.CreateShuffleVector(x, y, mask), Shape::kI16x8);
}

llvm::Value* ByteShiftRightSigned(CodeBuilder& b, llvm::Value* x,
                                  llvm::Value* count) {
  // Each byte in the upper half of a word.
  llvm::Value* words =
      b.CreateAdd(count, llvm::ConstantInt::get(count->getType(), 8));
  return Call(b, Intrinsic::x86_sse2_packsswb_128,
              {b.CreateAShr(InterleaveBytes(b, x, x, 0), words),
               b.CreateAShr(InterleaveBytes(b, x, x, 8), words)});
}

// There are shifts of words but not of bytes. LLVM knows what to do, but with
// AVX-512 goes by way of 256-bit registers, and for arithmetic shifts takes a
// third more.
llvm::Value* LowerByteShift(CodeBuilder& b, Verb verb, llvm::Value* x,
                            llvm::Value* count) {
  if (llvm::isa<llvm::Constant>(count)) return nullptr;
  llvm::Value* lane = b.CreateTrunc(b.CreateAnd(count, 7), b.getInt16Ty());
  llvm::Value* counts = b.CreateVectorSplat(8, lane);
  if (verb == Verb::kShrS) return ByteShiftRightSigned(b, x, counts);

  // What becomes of ones in the low byte tells the bits that stay in any.
  const bool left = verb == Verb::kShl;
  llvm::Value* words = b.AsLanes(x, Shape::kI16x8);
  llvm::Value* ones =
      llvm::ConstantInt::get(words->getType(), left ? 0xffff : 0x00ff);
  llvm::Value* shifted =
      left ? b.CreateShl(words, counts) : b.CreateLShr(words, counts);
  llvm::Value* mask =
      left ? b.CreateShl(ones, counts) : b.CreateLShr(ones, counts);
  return b.CreateAnd(b.AsLanes(shifted, Shape::kI8x16),
                     b.CreateShuffleVector(b.AsLanes(mask, Shape::kI8x16),
                                           std::array<int, 16>{}));
}

llvm::Value* LowerExtAddPairwise(CodeBuilder& b, Verb verb, Shape shape,
                                 llvm::Value* x) {
  const bool is_signed = verb == Verb::kExtAddPairwiseS;
  if (shape == Shape::kI16x8) {
    llvm::Value* bytes = b.AsLanes(x, Shape::kI8x16);
    llvm::Value* ones = llvm::ConstantInt::get(bytes->getType(), 1);
    // The first factor is unsigned, the second signed.
    return is_signed
               ? Call(b, Intrinsic::x86_ssse3_pmadd_ub_sw_128, {ones, bytes})
               : Call(b, Intrinsic::x86_ssse3_pmadd_ub_sw_128, {bytes, ones});
  }
  if (is_signed) {
    llvm::Value* words = b.AsLanes(x, Shape::kI16x8);
    return Call(b, Intrinsic::x86_sse2_pmadd_wd,
                {words, llvm::ConstantInt::get(words->getType(), 1)});
  }
  llvm::Type* type = x->getType();
  return b.CreateAdd(b.CreateLShr(x, llvm::ConstantInt::get(type, 16)),
                     b.CreateAnd(x, llvm::ConstantInt::get(type, 0xffff)));
}

llvm::Value* LowerNarrow(CodeBuilder& b, Verb verb, Shape shape, llvm::Value* x,
                         llvm::Value* y) {
  const bool is_signed = verb == Verb::kNarrowS;
  if (shape == Shape::kI8x16) {
    return Call(b,
                is_signed ? Intrinsic::x86_sse2_packsswb_128
                          : Intrinsic::x86_sse2_packuswb_128,
                {b.AsLanes(x, Shape::kI16x8), b.AsLanes(y, Shape::kI16x8)});
  }
  return Call(b,
              is_signed ? Intrinsic::x86_sse2_packssdw_128
                        : Intrinsic::x86_sse41_packusdw,
              {b.AsLanes(x, Shape::kI32x4), b.AsLanes(y, Shape::kI32x4)});
}

// By the sign of the mask's lanes, where there is no single instruction for
// the selection of bits.
llvm::Value* LowerLaneselect(CodeBuilder& b, absl::Span<llvm::Value* const> x) {
  if (HasAvx512(b)) return nullptr;
  llvm::Value* zero = llvm::Constant::getNullValue(x[2]->getType());
  return b.CreateSelect(b.CreateICmpSLT(x[2], zero), x[0], x[1]);
}

// The second operand has 7 bits, so that it may be taken as unsigned.
llvm::Value* LowerRelaxedDot(CodeBuilder& b, llvm::Value* x, llvm::Value* y) {
  return Call(b, Intrinsic::x86_ssse3_pmadd_ub_sw_128,
              {b.AsLanes(y, Shape::kI8x16), b.AsLanes(x, Shape::kI8x16)});
}

llvm::Value* LowerRelaxedDotAdd(CodeBuilder& b,
                                absl::Span<llvm::Value* const> x) {
  if ((HasAvx512(b) && b.target().HasFeature("avx512vnni")) ||
      b.target().HasFeature("avxvnni")) {
    return Call(
        b, Intrinsic::x86_avx512_vpdpbusd_128,
        {x[2], b.AsLanes(x[1], Shape::kI8x16), b.AsLanes(x[0], Shape::kI8x16)});
  }
  llvm::Value* pairs = LowerRelaxedDot(b, x[0], x[1]);
  return b.CreateAdd(
      LowerExtAddPairwise(b, Verb::kExtAddPairwiseS, Shape::kI32x4,
                          b.AsLanes(pairs, Shape::kI32x4)),
      x[2]);
}

llvm::Value* LowerRelaxed(CodeBuilder& b, Verb verb,
                          absl::Span<llvm::Value* const> x) {
  switch (verb) {
    case Verb::kRelaxedSwizzle:
      return Call(b, Intrinsic::x86_ssse3_pshuf_b_128, {x[0], x[1]});
    case Verb::kRelaxedTruncS:
      return Call(b, Intrinsic::x86_sse2_cvttps2dq,
                  {b.AsLanes(x[0], Shape::kF32x4)});
    case Verb::kRelaxedTruncZeroS:
      return Call(b, Intrinsic::x86_sse2_cvttpd2dq,
                  {b.AsLanes(x[0], Shape::kF64x2)});
    case Verb::kRelaxedTruncU:
    case Verb::kRelaxedTruncZeroU:
      return LowerRelaxedTruncU(b, verb, x[0]);
    case Verb::kRelaxedMin:
      return MachineMin(b, x[0], x[1]);
    case Verb::kRelaxedMax:
      return MachineMax(b, x[0], x[1]);
    case Verb::kRelaxedLaneselect:
      return LowerLaneselect(b, x);
    case Verb::kRelaxedQ15MulrS:
      return Call(b, Intrinsic::x86_ssse3_pmul_hr_sw_128, {x[0], x[1]});
    case Verb::kRelaxedDot:
      return LowerRelaxedDot(b, x[0], x[1]);
    case Verb::kRelaxedDotAdd:
      return LowerRelaxedDotAdd(b, x);
    default:
      return nullptr;
  }
}

}  // namespace

llvm::Value* LowerVectorForX86_64(CodeBuilder& builder, Verb verb, Shape shape,
                                  absl::Span<llvm::Value* const> operands) {
  CodeBuilder& b = builder;
  const absl::Span<llvm::Value* const> x = operands;
  switch (verb) {
    case Verb::kShl:
    case Verb::kShrS:
    case Verb::kShrU:
      return shape == Shape::kI8x16 ? LowerByteShift(b, verb, x[0], x[1])
                                    : nullptr;
    case Verb::kTruncSatS:
      return LowerTruncSatS(b, x[0]);
    case Verb::kTruncSatU:
      return LowerTruncSatU(b, x[0]);
    case Verb::kTruncSatZeroS:
      return LowerTruncSatZeroS(b, x[0]);
    case Verb::kTruncSatZeroU:
      return LowerTruncSatZeroU(b, x[0]);
    case Verb::kSwizzle:
      return LowerSwizzle(b, x[0], x[1]);
    case Verb::kQ15MulrSatS:
      return LowerQ15MulrSat(b, x[0], x[1]);
    case Verb::kExtAddPairwiseS:
    case Verb::kExtAddPairwiseU:
      return LowerExtAddPairwise(b, verb, shape, x[0]);
    case Verb::kDot:
      return Call(
          b, Intrinsic::x86_sse2_pmadd_wd,
          {b.AsLanes(x[0], Shape::kI16x8), b.AsLanes(x[1], Shape::kI16x8)});
    case Verb::kNarrowS:
    case Verb::kNarrowU:
      return LowerNarrow(b, verb, shape, x[0], x[1]);
    default:
      return LowerRelaxed(b, verb, x);
  }
}

}  // namespace wasijit::compiler
