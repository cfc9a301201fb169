#include "runtime/platform/code_arena.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/platform/arch.h"
#include "test/runtime/arch_code.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using test::StatusIs;
using testing::HasSubstr;

TEST(CodeArenaTest, WhatIsWrittenIsExecutedAndRead) {
  ASSERT_OK_AND_ASSIGN(CodeArena arena, CodeArena::Create());
  ASSERT_OK_AND_ASSIGN(const CodeArena::Place first, arena.Allocate(100, 10));
  ASSERT_OK_AND_ASSIGN(const CodeArena::Place second, arena.Allocate(10, 100));
  EXPECT_GE(second.text, first.text + 100);
  EXPECT_EQ(arena.Writable(second.text), second.writable_text);
  std::memcpy(second.writable_text, "text", 4);
  std::memcpy(second.writable_data, "data", 4);
  EXPECT_EQ(std::memcmp(second.text, "text", 4), 0);
  EXPECT_EQ(std::memcmp(second.text + kPartDataDistance, "data", 4), 0);
}

TEST(CodeArenaTest, RefusesWhatDoesNotFit) {
  ASSERT_OK_AND_ASSIGN(CodeArena arena, CodeArena::Create());
  EXPECT_OK(arena.Allocate(1, 1));
  EXPECT_THAT(arena.Allocate(CodeArena::kTextSize, 0),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("memory for machine code")));
  EXPECT_THAT(arena.Allocate(0, CodeArena::kTextSize),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::_));
  EXPECT_OK(arena.Allocate(CodeArena::kTextSize - 64, 0));
  EXPECT_THAT(arena.Allocate(1, 0),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::_));
}

TEST(CodeArenaTest, NoMappingIsWritableAndExecutable) {
  ASSERT_OK_AND_ASSIGN(CodeArena arena, CodeArena::Create());
  std::ifstream maps("/proc/self/maps");
  int seen = 0;
  for (std::string line; std::getline(maps, line);) {
    if (line.find("wasijit code") == std::string::npos) continue;
    ++seen;
    EXPECT_EQ(line.find(" rwx"), std::string::npos) << line;
  }
  EXPECT_GE(seen, 3);
}

TEST(TrampolineTest, GoesToTheLazyStubThenWhereItIsPointed) {
  ASSERT_OK_AND_ASSIGN(CodeArena arena, CodeArena::Create());
  ASSERT_OK_AND_ASSIGN(const CodeArena::Place place, arena.Allocate(4096, 0));
  const uint8_t* const trampoline = place.text + kLazyStubSize;
  const uint8_t* const add = place.text + 256;
  std::memcpy(arena.Writable(add), wasijit_test_add, 64);

  struct Asked {
    const void* answer;
    uint32_t function = 0;
    int count = 0;
  } asked{.answer = add};
  WriteLazyStub(
      place.writable_text,
      [](void* owner, uint32_t function) {
        auto& seen = *static_cast<Asked*>(owner);
        seen.function = function;
        ++seen.count;
        return seen.answer;
      },
      &asked);
  constexpr uint32_t kFunction = 0x12345678;
  WriteTrampoline(arena.Writable(trampoline), trampoline, kFunction,
                  place.text);
  MakeCodeVisible(place.text, 4096);

  RegisterFile registers = {};
  const auto call = [&] {
    registers.integers[0] = 40;
    registers.integers[1] = 2;
    Activation activation;
    return WasijitEnterWasm(trampoline, nullptr, &registers, &activation) &&
           registers.integers[0] == 42;
  };
  EXPECT_TRUE(call());
  EXPECT_TRUE(call());
  EXPECT_EQ(asked.function, kFunction);
  EXPECT_EQ(asked.count, 2);
  PointTrampoline(arena.Writable(trampoline), trampoline, add);
  EXPECT_TRUE(call());
  EXPECT_EQ(asked.count, 2);
}

TEST(TrampolineTest, TheLazyStubKeepsEveryArgument) {
  ASSERT_OK_AND_ASSIGN(CodeArena arena, CodeArena::Create());
  ASSERT_OK_AND_ASSIGN(const CodeArena::Place place, arena.Allocate(4096, 0));
  const uint8_t* const trampoline = place.text + kLazyStubSize;
  const uint8_t* const rotate = place.text + 256;
  std::memcpy(arena.Writable(rotate), wasijit_test_rotate_vectors, 64);
  WriteLazyStub(
      place.writable_text,
      [](void* owner, uint32_t) {
        // What the convention lets a call destroy.
        volatile double values[16];
        for (int i = 0; i < 16; ++i) values[i] = i * 1.5;
        return static_cast<const void*>(owner);
      },
      const_cast<uint8_t*>(rotate));
  WriteTrampoline(arena.Writable(trampoline), trampoline, 0, place.text);
  MakeCodeVisible(place.text, 4096);
  RegisterFile registers = {};
  for (int i = 0; i < 3; ++i) std::memset(registers.vectors[i], i + 1, 16);
  Activation activation;
  ASSERT_TRUE(WasijitEnterWasm(trampoline, nullptr, &registers, &activation));
  EXPECT_EQ(registers.vectors[0][15], 2);
  EXPECT_EQ(registers.vectors[1][15], 3);
  EXPECT_EQ(registers.vectors[2][15], 1);
}

}  // namespace
}  // namespace wasijit
