// A slow and simple interpreter of the instructions that RandomModule uses, to
// compare compiled code with.
#ifndef WASIJIT_TEST_SUPPORT_INTERPRETER_H_
#define WASIJIT_TEST_SUPPORT_INTERPRETER_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "compiler/binary/instruction_codec.h"
#include "compiler/syntax/instruction.h"
#include "gtest/gtest.h"
#include "runtime/module/module.h"

namespace wasijit::test {

// Values are their bits, those of i32 zero-extended.
class Interpreter {
 public:
  explicit Interpreter(const Module& module)
      : globals(module.globals.size()), module_(module) {}

  std::vector<uint8_t> memory = std::vector<uint8_t>(65536);
  std::vector<uint64_t> globals;

  // The results of a function of a module without imports.
  std::vector<uint64_t> Call(uint32_t function,
                             const std::vector<uint64_t>& arguments) {
    Frame frame = {.code = CodeOf(function), .locals = arguments};
    frame.locals.resize(frame.locals.size() + frame.code.local_count);
    const size_t arity = module_.FunctionType(function).results.size();
    frame.labels.push_back({.arity = arity,
                            .height = 0,
                            .target = frame.code.instructions.size()});
    while (frame.pc < frame.code.instructions.size()) Step(frame);
    return {frame.stack.end() - static_cast<ptrdiff_t>(arity),
            frame.stack.end()};
  }

 private:
  using Opcode = compiler::Opcode;

  struct Code {
    std::vector<compiler::Instruction> instructions;
    size_t local_count = 0;
    // From a block, loop, if or else to its end; from an if to its else.
    std::map<size_t, size_t> end;
    std::map<size_t, size_t> otherwise;
  };
  struct Label {
    // Values that a branch here takes, and what is below them.
    size_t arity;
    size_t height;
    // The instruction where a branch goes on; a loop's own, else behind the
    // end.
    size_t target;
    bool is_loop = false;
  };
  struct Frame {
    const Code& code;
    std::vector<uint64_t> locals;
    std::vector<uint64_t> stack = {};
    std::vector<Label> labels = {};
    size_t pc = 0;
  };

  const Code& CodeOf(uint32_t function) {
    const auto [entry, is_new] = codes_.try_emplace(function);
    Code& code = entry->second;
    if (!is_new) return code;
    compiler::InstructionReader reader(module_,
                                       module_.functions[function].body);
    for (const compiler::LocalGroup& group : reader.locals()) {
      code.local_count += group.count;
    }
    std::vector<size_t> open;
    compiler::Instruction instruction;
    while (reader.Next(instruction)) {
      const size_t pc = code.instructions.size();
      code.instructions.push_back(instruction);
      switch (instruction.opcode) {
        case Opcode::kBlock:
        case Opcode::kLoop:
        case Opcode::kIf:
          open.push_back(pc);
          break;
        case Opcode::kElse:
          code.otherwise[open.back()] = pc;
          break;
        case Opcode::kEnd:
          if (open.empty()) break;
          code.end[open.back()] = pc;
          if (const auto other = code.otherwise.find(open.back());
              other != code.otherwise.end()) {
            code.end[other->second] = pc;
          }
          open.pop_back();
          break;
        default:
          break;
      }
    }
    return code;
  }

  std::pair<size_t, size_t> Arity(const compiler::BlockType& block) const {
    switch (block.kind) {
      case compiler::BlockType::Kind::kEmpty:
        return {0, 0};
      case compiler::BlockType::Kind::kValue:
        return {0, 1};
      case compiler::BlockType::Kind::kTypeIndex:
        break;
    }
    const FuncType& type = module_.FuncTypeAt(block.type_index);
    return {type.params.size(), type.results.size()};
  }

  static uint64_t Pop(Frame& frame) {
    const uint64_t value = frame.stack.back();
    frame.stack.pop_back();
    return value;
  }

  static void Branch(Frame& frame, uint32_t depth) {
    frame.labels.resize(frame.labels.size() - depth);
    const Label label = frame.labels.back();
    frame.stack.erase(
        frame.stack.begin() + static_cast<ptrdiff_t>(label.height),
        frame.stack.end() - static_cast<ptrdiff_t>(label.arity));
    frame.pc = label.target;
    // A loop's label is opened again by the loop instruction.
    frame.labels.pop_back();
  }

  void Enter(Frame& frame, const compiler::Instruction& instruction) {
    const bool is_loop = instruction.opcode == Opcode::kLoop;
    const bool is_if = instruction.opcode == Opcode::kIf;
    const size_t pc = frame.pc++;
    const bool taken = !is_if || Pop(frame) != 0;
    const auto [params, results] = Arity(instruction.block);
    const size_t end = frame.code.end.at(pc);
    frame.labels.push_back({.arity = is_loop ? params : results,
                            .height = frame.stack.size() - params,
                            .target = is_loop ? pc : end + 1,
                            .is_loop = is_loop});
    if (taken) return;
    const auto otherwise = frame.code.otherwise.find(pc);
    frame.pc =
        otherwise == frame.code.otherwise.end() ? end : otherwise->second + 1;
  }

  void Step(Frame& frame) {
    const compiler::Instruction& instruction =
        frame.code.instructions[frame.pc];
    switch (instruction.opcode) {
      case Opcode::kBlock:
      case Opcode::kLoop:
      case Opcode::kIf:
        return Enter(frame, instruction);
      case Opcode::kElse:
        frame.pc = frame.code.end.at(frame.pc);
        return;
      case Opcode::kEnd:
        frame.labels.pop_back();
        ++frame.pc;
        return;
      case Opcode::kBr:
        return Branch(frame, instruction.index);
      case Opcode::kBrIf:
        ++frame.pc;
        if (Pop(frame) != 0) Branch(frame, instruction.index);
        return;
      case Opcode::kBrTable: {
        const uint64_t index = Pop(frame);
        const size_t last = instruction.labels.size() - 1;
        return Branch(frame, instruction.labels[index < last ? index : last]);
      }
      case Opcode::kReturn:
        return Branch(frame, static_cast<uint32_t>(frame.labels.size()) - 1);
      case Opcode::kCall: {
        const size_t count =
            module_.FunctionType(instruction.index).params.size();
        const auto first = frame.stack.end() - static_cast<ptrdiff_t>(count);
        const std::vector<uint64_t> arguments(first, frame.stack.end());
        frame.stack.erase(first, frame.stack.end());
        for (uint64_t result : Call(instruction.index, arguments)) {
          frame.stack.push_back(result);
        }
        break;
      }
      default:
        if (!Variable(frame, instruction)) Operate(frame, instruction);
    }
    ++frame.pc;
  }

  bool Variable(Frame& frame, const compiler::Instruction& instruction) {
    const uint32_t index = instruction.index;
    switch (instruction.opcode) {
      case Opcode::kDrop:
        Pop(frame);
        return true;
      case Opcode::kSelect: {
        const bool first = Pop(frame) != 0;
        const uint64_t otherwise = Pop(frame);
        if (!first) frame.stack.back() = otherwise;
        return true;
      }
      case Opcode::kLocalGet:
        frame.stack.push_back(frame.locals[index]);
        return true;
      case Opcode::kLocalSet:
        frame.locals[index] = Pop(frame);
        return true;
      case Opcode::kLocalTee:
        frame.locals[index] = frame.stack.back();
        return true;
      case Opcode::kGlobalGet:
        frame.stack.push_back(globals[index]);
        return true;
      case Opcode::kGlobalSet:
        globals[index] = Pop(frame);
        return true;
      case Opcode::kI32Const:
      case Opcode::kI64Const:
      case Opcode::kF64Const:
        frame.stack.push_back(instruction.bits);
        return true;
      default:
        return false;
    }
  }

  uint8_t* At(uint64_t address, const compiler::Instruction& instruction) {
    return &memory[address + instruction.memarg.offset];
  }

  template <typename T>
  T Load(uint64_t address, const compiler::Instruction& instruction) {
    T value;
    std::memcpy(&value, At(address, instruction), sizeof(T));
    return value;
  }

  void Operate(Frame& frame, const compiler::Instruction& instruction) {
    const uint64_t y = Pop(frame);
    const bool is_unary = instruction.info().signature.operand_count == 1;
    const uint64_t x = is_unary ? 0 : Pop(frame);
    const auto a = static_cast<uint32_t>(x);
    const auto b = static_cast<uint32_t>(y);
    const auto push32 = [&](uint32_t value) { frame.stack.push_back(value); };
    const auto push = [&](uint64_t value) { frame.stack.push_back(value); };
    switch (instruction.opcode) {
      case Opcode::kI32Add:
        return push32(a + b);
      case Opcode::kI32Sub:
        return push32(a - b);
      case Opcode::kI32Mul:
        return push32(a * b);
      case Opcode::kI32And:
        return push32(a & b);
      case Opcode::kI32Or:
        return push32(a | b);
      case Opcode::kI32Xor:
        return push32(a ^ b);
      case Opcode::kI32Shl:
        return push32(a << (b & 31));
      case Opcode::kI32ShrS:
        return push32(
            static_cast<uint32_t>(static_cast<int32_t>(a) >> (b & 31)));
      case Opcode::kI32ShrU:
        return push32(a >> (b & 31));
      case Opcode::kI32Rotl:
        return push32(std::rotl(a, static_cast<int>(b & 31)));
      case Opcode::kI32Eq:
        return push32(a == b);
      case Opcode::kI32LtS:
        return push32(static_cast<int32_t>(a) < static_cast<int32_t>(b));
      case Opcode::kI32GeU:
        return push32(a >= b);
      case Opcode::kI32Eqz:
        return push32(b == 0);
      case Opcode::kI64Eqz:
        return push32(y == 0);
      case Opcode::kI32WrapI64:
        return push32(b);
      case Opcode::kI64ExtendI32S:
        return push(static_cast<uint64_t>(int64_t{static_cast<int32_t>(b)}));
      case Opcode::kI64ExtendI32U:
        return push(b);
      case Opcode::kI64Add:
        return push(x + y);
      case Opcode::kI64Sub:
        return push(x - y);
      case Opcode::kI64Mul:
        return push(x * y);
      case Opcode::kI64And:
        return push(x & y);
      case Opcode::kI64Or:
        return push(x | y);
      case Opcode::kI64Xor:
        return push(x ^ y);
      case Opcode::kI64Shl:
        return push(x << (y & 63));
      case Opcode::kI64ShrS:
        return push(static_cast<uint64_t>(static_cast<int64_t>(x) >> (y & 63)));
      case Opcode::kI64ShrU:
        return push(x >> (y & 63));
      case Opcode::kI64Rotr:
        return push(std::rotr(x, static_cast<int>(y & 63)));
      case Opcode::kI32Load:
        return push32(Load<uint32_t>(y, instruction));
      case Opcode::kI32Load8S:
        return push32(
            static_cast<uint32_t>(int32_t{Load<int8_t>(y, instruction)}));
      case Opcode::kI64Load:
        return push(Load<uint64_t>(y, instruction));
      case Opcode::kI64Load32U:
        return push(Load<uint32_t>(y, instruction));
      case Opcode::kI32Store:
        std::memcpy(At(x, instruction), &y, 4);
        return;
      case Opcode::kI64Store:
        std::memcpy(At(x, instruction), &y, 8);
        return;
      case Opcode::kI64Store16:
        std::memcpy(At(x, instruction), &y, 2);
        return;
      default:
        ADD_FAILURE() << "the interpreter does not know "
                      << instruction.text().data();
    }
  }

  const Module& module_;
  std::map<uint32_t, Code> codes_;
};

}  // namespace wasijit::test

#endif  // WASIJIT_TEST_SUPPORT_INTERPRETER_H_
