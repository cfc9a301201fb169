// Random modules of nested control flow, valid by construction and made of
// nothing that can trap or run forever.
#ifndef WASIJIT_TEST_SUPPORT_RANDOM_MODULE_H_
#define WASIJIT_TEST_SUPPORT_RANDOM_MODULE_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "runtime/module/module.h"
#include "test/support/module_builder.h"

namespace wasijit::test {

// The same numbers for the same seed everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  uint64_t Bits() { return engine_(); }
  // Below `bound`, which is not 0.
  uint32_t Below(size_t bound) {
    return static_cast<uint32_t>(engine_() % bound);
  }
  bool OneIn(uint32_t n) { return Below(n) == 0; }
  template <typename Container>
  const auto& Pick(const Container& container) {
    return container[Below(std::size(container))];
  }

 private:
  std::mt19937_64 engine_;
};

// Instructions that the functions are made of, besides control and variables.
inline constexpr compiler::Opcode kI32Operations[] = {
    compiler::Opcode::kI32Add,  compiler::Opcode::kI32Sub,
    compiler::Opcode::kI32Mul,  compiler::Opcode::kI32And,
    compiler::Opcode::kI32Or,   compiler::Opcode::kI32Xor,
    compiler::Opcode::kI32Shl,  compiler::Opcode::kI32ShrS,
    compiler::Opcode::kI32ShrU, compiler::Opcode::kI32Rotl,
    compiler::Opcode::kI32Eq,   compiler::Opcode::kI32LtS,
    compiler::Opcode::kI32GeU,
};
inline constexpr compiler::Opcode kI64Operations[] = {
    compiler::Opcode::kI64Add,  compiler::Opcode::kI64Sub,
    compiler::Opcode::kI64Mul,  compiler::Opcode::kI64And,
    compiler::Opcode::kI64Or,   compiler::Opcode::kI64Xor,
    compiler::Opcode::kI64Shl,  compiler::Opcode::kI64ShrS,
    compiler::Opcode::kI64ShrU, compiler::Opcode::kI64Rotr,
};

// Addresses are below this, plus an offset and a size of at most 16.
inline constexpr uint32_t kRandomAddresses = 256;

class RandomModule {
 public:
  explicit RandomModule(uint64_t seed) : random_(seed) {}

  // A memory of one page, a mutable i64 global, and `functions` functions that
  // are exported and call those before them.
  Module Generate(uint32_t functions) && {
    MemoryType memory;
    memory.limits.min = 1;
    builder_.Memory(memory);
    builder_.Global({ValueType::I64(), /*is_mutable=*/true},
                    Const(Opcode::kI64Const, 0));
    for (uint32_t i = 0; i < functions; ++i) Function();
    return std::move(builder_).Build();
  }

 private:
  using Opcode = compiler::Opcode;
  using Types = std::vector<ValueType>;

  static constexpr uint32_t kSize = 120;
  static constexpr uint32_t kMaxDepth = 9;
  // Iterations of all loops of one call together.
  static constexpr uint32_t kFuel = 12;

  void Function() {
    type_ = {RandomTypes(8), RandomTypes(5)};
    locals_ = type_.params;
    const Types declared = RandomTypes(6);
    locals_.insert(locals_.end(), declared.begin(), declared.end());
    fuel_ = static_cast<uint32_t>(locals_.size());
    std::vector<compiler::LocalGroup> groups;
    for (ValueType type : declared) groups.push_back({1, type});
    groups.push_back({1, ValueType::I32()});

    body_.clear();
    budget_ = kSize;
    labels_ = {type_.results};
    Emit(Const(Opcode::kI32Const, kFuel));
    Emit(Op(Opcode::kLocalSet, fuel_));
    Body(type_.results);
    builder_.Function(type_, groups, body_);
    types_.push_back(type_);
  }

  ValueType RandomType() {
    static constexpr ValueType::Kind kTypes[] = {
        ValueType::Kind::kI32, ValueType::Kind::kI32, ValueType::Kind::kI64,
        ValueType::Kind::kI64, ValueType::Kind::kF64};
    return random_.Pick(kTypes);
  }
  Types RandomTypes(uint32_t bound) {
    Types types(random_.Below(bound));
    for (ValueType& type : types) type = RandomType();
    return types;
  }

  void Emit(compiler::Instruction instruction) {
    body_.push_back(std::move(instruction));
  }
  bool IsSpent() {
    if (budget_ > 0) --budget_;
    return budget_ == 0 || labels_.size() > kMaxDepth;
  }

  void Constant(ValueType type) {
    if (type == ValueType::I32()) {
      Emit(Const(Opcode::kI32Const,
                 random_.OneIn(2) ? random_.Below(8)
                                  : static_cast<uint32_t>(random_.Bits())));
    } else if (type == ValueType::I64()) {
      Emit(Const(Opcode::kI64Const, random_.Bits() >> random_.Below(64)));
    } else {
      // Never a NaN.
      Emit(Const(Opcode::kF64Const, random_.Bits() >> 12 | 0x3ffull << 52));
    }
  }

  void Local(ValueType type) {
    std::vector<uint32_t> candidates;
    for (uint32_t i = 0; i < locals_.size(); ++i) {
      if (locals_[i] == type) candidates.push_back(i);
    }
    if (candidates.empty()) return Constant(type);
    Emit(Op(Opcode::kLocalGet, random_.Pick(candidates)));
  }

  void Values(const Types& types) {
    for (ValueType type : types) Value(type);
  }
  void Drop(size_t count) {
    for (size_t i = 0; i < count; ++i) Emit(Op(Opcode::kDrop));
  }

  // Pushes a value.
  void Value(ValueType type) {
    if (IsSpent()) return Local(type);
    switch (random_.Below(12)) {
      case 0:
        return Constant(type);
      case 1:
      case 2:
        return Local(type);
      case 3:
        Values({type, type, ValueType::I32()});
        return Emit(Op(Opcode::kSelect));
      case 4:
        return Tee(type);
      case 5:
        return Construct(Opcode::kBlock, {}, {type});
      case 6:
        Value(ValueType::I32());
        return Construct(Opcode::kIf, {}, {type});
      case 7:
        return Several(type);
      case 8:
        return Call(type);
      case 9:
        return Load(type);
      default:
        return Operation(type);
    }
  }

  void Tee(ValueType type) {
    Value(type);
    for (uint32_t i = 0; i < locals_.size(); ++i) {
      if (locals_[i] == type) return Emit(Op(Opcode::kLocalTee, i));
    }
  }

  void Operation(ValueType type) {
    if (type == ValueType::I32()) {
      if (random_.OneIn(4)) {
        Value(ValueType::I64());
        return Emit(
            Op(random_.OneIn(2) ? Opcode::kI32WrapI64 : Opcode::kI64Eqz));
      }
      Values({type, type});
      Emit(Op(random_.Pick(kI32Operations)));
    } else if (type == ValueType::I64()) {
      if (random_.OneIn(4)) {
        Value(ValueType::I32());
        return Emit(Op(random_.OneIn(2) ? Opcode::kI64ExtendI32S
                                        : Opcode::kI64ExtendI32U));
      }
      if (random_.OneIn(6)) return Emit(Op(Opcode::kGlobalGet, 0));
      Values({type, type});
      Emit(Op(random_.Pick(kI64Operations)));
    } else {
      Local(type);
    }
  }

  // A construct with parameters and several results.
  void Several(ValueType type) {
    const Types params = RandomTypes(4);
    Types results = {type};
    for (ValueType more : RandomTypes(3)) results.push_back(more);
    Values(params);
    static constexpr Opcode kConstructs[] = {Opcode::kBlock, Opcode::kLoop,
                                             Opcode::kIf};
    const Opcode opcode = random_.Pick(kConstructs);
    if (opcode == Opcode::kIf) Value(ValueType::I32());
    Construct(opcode, params, results);
    Drop(results.size() - 1);
  }

  void Call(ValueType type) {
    for (uint32_t i = 0; i < types_.size(); ++i) {
      if (types_[i].results.empty() || types_[i].results[0] != type) continue;
      Values(types_[i].params);
      Emit(Op(Opcode::kCall, i));
      return Drop(types_[i].results.size() - 1);
    }
    Local(type);
  }

  void Address() {
    Value(ValueType::I32());
    Emit(Const(Opcode::kI32Const, kRandomAddresses - 1));
    Emit(Op(Opcode::kI32And));
  }
  compiler::Instruction Access(Opcode opcode) {
    compiler::Instruction access = Op(opcode);
    access.memarg.offset = random_.Below(9);
    return access;
  }
  void Load(ValueType type) {
    if (type == ValueType::F64()) return Local(type);
    Address();
    static constexpr Opcode kI32Loads[] = {Opcode::kI32Load,
                                           Opcode::kI32Load8S};
    static constexpr Opcode kI64Loads[] = {Opcode::kI64Load,
                                           Opcode::kI64Load32U};
    Emit(Access(type == ValueType::I32() ? random_.Pick(kI32Loads)
                                         : random_.Pick(kI64Loads)));
  }
  void Store() {
    Address();
    if (random_.OneIn(2)) {
      Value(ValueType::I32());
      Emit(Access(Opcode::kI32Store));
    } else {
      Value(ValueType::I64());
      Emit(Access(random_.OneIn(2) ? Opcode::kI64Store : Opcode::kI64Store16));
    }
  }

  // A construct whose parameters are on the stack; ends with its results there.
  void Construct(Opcode opcode, const Types& params, const Types& results) {
    compiler::BlockType type = compiler::BlockType::Empty();
    if (!params.empty() || results.size() > 1) {
      type = compiler::BlockType::Type(builder_.Type({params, results}));
    } else if (!results.empty()) {
      type = compiler::BlockType::Value(results[0]);
    }
    Emit(Structured(opcode, type));
    labels_.push_back(opcode == Opcode::kLoop ? params : results);
    Take(params);
    if (opcode == Opcode::kLoop) UseFuel();
    Body(results);
    if (opcode == Opcode::kIf && (!results.empty() || random_.OneIn(2))) {
      Emit(Op(Opcode::kElse));
      Take(params);
      Body(results);
    } else if (opcode == Opcode::kIf && !params.empty()) {
      // Parameters that are not the results would need an else.
      Emit(Op(Opcode::kElse));
      Drop(params.size());
    }
    labels_.pop_back();
    Emit(Op(Opcode::kEnd));
  }

  // Puts parameters into locals where there are any.
  void Take(const Types& params) {
    for (size_t i = params.size(); i-- > 0;) Set(params[i]);
  }
  void Set(ValueType type) {
    std::vector<uint32_t> candidates;
    for (uint32_t i = 0; i < locals_.size(); ++i) {
      if (locals_[i] == type) candidates.push_back(i);
    }
    if (candidates.empty()) return Drop(1);
    Emit(Op(Opcode::kLocalSet, random_.Pick(candidates)));
  }

  // Returns when the call has had its iterations.
  void UseFuel() {
    Emit(Op(Opcode::kLocalGet, fuel_));
    Emit(Op(Opcode::kI32Eqz));
    Emit(Structured(Opcode::kIf, compiler::BlockType::Empty()));
    for (ValueType type : type_.results) Local(type);
    Emit(Op(Opcode::kReturn));
    Emit(Op(Opcode::kEnd));
    Emit(Op(Opcode::kLocalGet, fuel_));
    Emit(Const(Opcode::kI32Const, 1));
    Emit(Op(Opcode::kI32Sub));
    Emit(Op(Opcode::kLocalSet, fuel_));
  }

  void Body(const Types& results) {
    const uint32_t count = random_.Below(5);
    for (uint32_t i = 0; i < count; ++i) {
      if (!Statement()) return Unreachable(results);
    }
    Values(results);
  }

  // What follows a branch: nothing, or code that must not be looked at.
  void Unreachable(const Types& results) {
    if (random_.OneIn(2)) {
      Emit(Op(Opcode::kI32Add));
      Emit(Op(Opcode::kDrop));
      Emit(Structured(Opcode::kLoop, compiler::BlockType::Empty()));
      Constant(ValueType::I32());
      Emit(Structured(Opcode::kIf, compiler::BlockType::Empty()));
      Emit(Op(Opcode::kElse));
      Emit(Op(Opcode::kEnd));
      Emit(Op(Opcode::kBr, 0));
      Emit(Op(Opcode::kEnd));
    }
    if (random_.OneIn(2)) {
      for (ValueType type : results) Constant(type);
    }
  }

  // False if what follows cannot be reached.
  bool Statement() {
    if (IsSpent()) return true;
    switch (random_.Below(12)) {
      case 0:
        Construct(Opcode::kBlock, {}, {});
        return true;
      case 1:
        Value(ValueType::I32());
        Construct(Opcode::kIf, {}, {});
        return true;
      case 2:
      case 3:
        Construct(Opcode::kLoop, {}, {});
        return true;
      case 4:
      case 5:
        BranchIf();
        return true;
      case 6:
        if (random_.OneIn(2)) return Branch();
        BranchIf();
        return true;
      case 7:
        Store();
        return true;
      case 8:
        Value(ValueType::I64());
        Emit(Op(Opcode::kGlobalSet, 0));
        return true;
      case 9:
        Value(RandomType());
        Drop(1);
        return true;
      default: {
        const ValueType type = RandomType();
        Value(type);
        Set(type);
        return true;
      }
    }
  }

  uint32_t RandomLabel() { return random_.Below(labels_.size()); }
  const Types& TypesOf(uint32_t label) {
    return labels_[labels_.size() - 1 - label];
  }

  void BranchIf() {
    const uint32_t label = RandomLabel();
    const Types types = TypesOf(label);
    Values(types);
    Value(ValueType::I32());
    Emit(Op(Opcode::kBrIf, label));
    Drop(types.size());
  }

  // Always false.
  bool Branch() {
    const uint32_t label = RandomLabel();
    const Types types = TypesOf(label);
    Values(types);
    switch (random_.Below(3)) {
      case 0:
        Emit(Op(Opcode::kBr, label));
        break;
      case 1:
        Drop(types.size());
        Values(type_.results);
        Emit(Op(Opcode::kReturn));
        break;
      default: {
        Value(ValueType::I32());
        compiler::Instruction table = Op(Opcode::kBrTable);
        for (uint32_t i = random_.Below(9); i > 0; --i) {
          const uint32_t other = RandomLabel();
          table.labels.push_back(TypesOf(other) == types ? other : label);
        }
        table.labels.push_back(label);
        Emit(std::move(table));
      }
    }
    return false;
  }

  Random random_;
  ModuleBuilder builder_;
  // Of the functions so far.
  std::vector<FuncType> types_;

  // Of the function that is being made.
  FuncType type_;
  Types locals_;
  uint32_t fuel_ = 0;
  uint32_t budget_ = 0;
  // What branches to the open constructs take, outermost first.
  std::vector<Types> labels_;
  std::vector<compiler::Instruction> body_;
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_RANDOM_MODULE_H_
