#include "runtime/instantiation.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/function.h"
#include "runtime/global.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "runtime/module/value.h"
#include "runtime/store.h"
#include "runtime/table.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"
#include "test/runtime/sanitizers.h"
#include "test/support/status_matchers.h"

namespace wasijit::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class InstantiationTest : public RuntimeTest {
 protected:
  absl::StatusOr<Outcome<Instance*>> Instantiate(
      const ImageBuilder& builder, const std::vector<Extern>& imports = {}) {
    return store_->Instantiate(Load(builder), imports);
  }
  static std::string Text(Memory& memory, uint64_t offset, uint64_t count) {
    const auto bytes = *memory.Range(offset, count);
    return std::string(bytes.begin(), bytes.end());
  }
};

TEST_F(InstantiationTest, GlobalsStartWithTheirValues) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  GlobalType i32;
  i32.value = kI32;
  builder.Import("", "", i32);
  builder.Function(type, TrapCode(TrapKind::kUnreachable), "f");
  builder.Global(kI64, true, I64Const(63));
  builder.Global(kI32, false, GlobalGet(0));
  std::vector<uint8_t> vector = {0xfd, 0x0c};
  for (uint8_t i = 0; i < 16; ++i) vector.push_back(i);
  vector.push_back(0x0b);
  builder.Global(kV128, true, vector);
  builder.Global(ValueType::FuncRef(), true, RefFunc(0));
  builder.Global(ValueType::FuncRef(), true, RefNullFunc());
  const auto imported = store_->NewGlobal(i32, Value::I32(-7));
  ASSERT_OK(imported);
  Instance& instance = MakeInstance(builder, {*imported});
  EXPECT_EQ(instance.global(0), *imported);
  EXPECT_EQ(instance.global(1)->Get(), Value::I64(63));
  EXPECT_EQ(instance.global(2)->Get(), Value::I32(-7));
  EXPECT_EQ(instance.global(3)->Get().v128().bytes[15], 15);
  EXPECT_EQ(Function::FromReference(instance.global(4)->Get()),
            instance.FindFunction("f"));
  EXPECT_TRUE(instance.global(5)->Get().IsNull());
  // One object however often it is asked for.
  EXPECT_EQ(instance.global(1), instance.global(1));
  instance.global(1)->Set(Value::I64(-1));
  EXPECT_EQ(instance.global(1)->Get(), Value::I64(-1));
}

TEST_F(InstantiationTest, SegmentsAreWrittenInOrder) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Function(type, TrapCode(TrapKind::kUnreachable), "f");
  builder.Function(type, TrapCode(TrapKind::kUnreachable), "g");
  builder.Table(4, 4);
  builder.Memory(1);
  builder.Data(SegmentMode::kActive, I32Const(10), "aaaa");
  builder.Data(SegmentMode::kActive, I32Const(12), "bb");
  builder.Data(SegmentMode::kPassive, {}, "cc");
  builder.Elements(SegmentMode::kActive, I32Const(0), {0, 0, 0});
  builder.ElementExprs(SegmentMode::kActive, I32Const(1),
                       {RefFunc(1), RefNullFunc()});
  Instance& instance = MakeInstance(builder);
  EXPECT_EQ(Text(*instance.memory(0), 10, 5), std::string("aabb\0", 5));
  const auto f = reinterpret_cast<ReferenceBits>(instance.record(0));
  const auto g = reinterpret_cast<ReferenceBits>(instance.record(1));
  Table& table = *instance.table(0);
  EXPECT_EQ(table.Get(0), f);
  EXPECT_EQ(table.Get(1), g);
  EXPECT_EQ(table.Get(2), 0u);
  EXPECT_EQ(table.Get(3), 0u);
  // Active segments are gone, passive ones are not.
  EXPECT_FALSE(instance.MemoryInit(0, 0, 0, 0, 1));
  EXPECT_TRUE(instance.MemoryInit(0, 2, 0, 0, 2));
  EXPECT_FALSE(instance.TableInit(0, 0, 0, 0, 1));
}

TEST_F(InstantiationTest, TablesMayHaveAnInitialElement) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable), "f");
  builder.Table(3, 3, ValueType::FuncRef(), RefFunc(0));
  Instance& instance = MakeInstance(builder);
  EXPECT_EQ(instance.table(0)->Get(2),
            reinterpret_cast<ReferenceBits>(instance.record(0)));
}

TEST_F(InstantiationTest, ASegmentOutOfBoundsTrapsAfterWhatCameBefore) {
  const auto memory = store_->NewMemory([] {
    MemoryType type;
    type.limits.min = 1;
    return type;
  }());
  ASSERT_OK(memory);
  const auto table = store_->NewTable(
      [] {
        TableType type;
        type.element = ValueType::FuncRef();
        type.limits.min = 3;
        return type;
      }(),
      Value::Default(ValueType::FuncRef()));
  ASSERT_OK(table);
  ImageBuilder builder;
  builder.Import("", "", (*table)->type());
  builder.Import("", "", (*memory)->type());
  builder.Function(builder.Type({kI32, kI32}, {kI32}),
                   CodeFrom(wasijit_test_add), "add");
  builder.Elements(SegmentMode::kActive, I32Const(1), {0});
  builder.Data(SegmentMode::kActive, I32Const(0), "first");
  // 65535 as an i32.const.
  builder.Data(SegmentMode::kActive, {0x41, 0xff, 0xff, 0x03, 0x0b}, "xy");
  builder.Data(SegmentMode::kActive, I32Const(0), "never");
  const auto outcome = Instantiate(builder, {*table, *memory});
  ASSERT_OK(outcome);
  EXPECT_THAT(*outcome, TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
  EXPECT_EQ(Text(**memory, 0, 5), "first");
  EXPECT_EQ(Text(**memory, 65535, 1), std::string(1, '\0'));

  // The function that got into the table lives on.
  const auto reference = (*table)->Get(1);
  ASSERT_TRUE(reference.has_value());
  Function* const add =
      Function::FromReference(Value::Ref(ValueType::FuncRef(), *reference));
  ASSERT_NE(add, nullptr);
  EXPECT_THAT(**Call(*add, {Value::I32(1), Value::I32(2)}),
              ElementsAre(Value::I32(3)));
}

TEST_F(InstantiationTest, AnElementSegmentOutOfBoundsTraps) {
  ImageBuilder builder;
  builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable), "f");
  builder.Table(2);
  builder.Elements(SegmentMode::kActive, I32Const(1), {0, 0});
  const auto outcome = Instantiate(builder);
  ASSERT_OK(outcome);
  EXPECT_THAT(*outcome, TrapsWith(TrapKind::kOutOfBoundsTableAccess));
}

TEST_F(InstantiationTest, TheStartFunctionRunsLastAndMayTrap) {
  std::string seen;
  Function& host = NewFunction(HostFunction::Wrap(
      [&](Caller& caller) { seen = Text(*caller.memory(), 0, 4); }));
  ImageBuilder builder;
  const uint32_t type = builder.Type({}, {});
  builder.Import("", "", FunctionExternType{.type = type});
  builder.Memory(1);
  builder.Data(SegmentMode::kActive, I32Const(0), "data");
  builder.Start(0);
  MakeInstance(builder, {&host});
  EXPECT_EQ(seen, "data");

  ImageBuilder trapping;
  // Not exported: nothing but the start section names it.
  trapping.Function(trapping.Type({}, {}), TrapCode(TrapKind::kUnreachable));
  trapping.Start(0);
  const auto outcome = Instantiate(trapping);
  ASSERT_OK(outcome);
  EXPECT_THAT(*outcome, TrapsWith(TrapKind::kUnreachable));
}

TEST_F(InstantiationTest, AnInstanceWithoutMemoryHasNothingBehindItsContext) {
  ImageBuilder builder;
  builder.Function(builder.Type({kI64}, {kI32}), CodeFrom(wasijit_test_load),
                   "load");
  Instance& instance = MakeInstance(builder);
  EXPECT_EQ(instance.default_memory(), nullptr);
  EXPECT_EXIT(static_cast<void>(CallExport(
                  instance, "load", {Value::I64(builder.FromPinned(0))})),
              testing::KilledBySignal(SIGSEGV), "");
}

TEST_F(InstantiationTest, ContextsHoldWhatCompiledCodeExpects) {
  ImageBuilder builder;
  const uint32_t type = builder.Type({kI32, kI32}, {kI32});
  const uint32_t unused = builder.Type({kF32}, {});
  builder.Import("", "", FunctionExternType{.type = type});
  builder.Memory(2);
  builder.Table(3, 3);
  builder.Function(type, CodeFrom(wasijit_test_add), "add");
  Function& host = NewFunction(
      HostFunction::Wrap([](int32_t a, int32_t b) { return a * b; }));
  Instance& instance = MakeInstance(builder, {&host});
  const VmContextLayout layout = builder.Layout();
  uint8_t* const base = instance.memory(0)->data();
  const VmContext& context = *instance.context();
  EXPECT_EQ(reinterpret_cast<const uint8_t*>(&context),
            base + layout.Context());
  EXPECT_EQ(context.instance, &instance);
  EXPECT_EQ(context.memory_base, base);
  EXPECT_EQ(context.call_buffer, store_->call_buffer());
  EXPECT_EQ(instance.pinned(), base + layout.PinnedDisplacement(kHostPinned));

  const auto& slot =
      *reinterpret_cast<const VmImportSlot*>(base + layout.ImportSlot(0));
  EXPECT_EQ(slot.code, host.record()->code);
  EXPECT_EQ(static_cast<const VmHostContext*>(slot.context)->caller, &context);
  const auto& memory =
      *reinterpret_cast<const VmMemorySlot*>(base + layout.MemorySlot(0));
  EXPECT_EQ(memory.base, base);
  EXPECT_EQ(memory.memory->size, 2u * 65536);
  const auto& table =
      *reinterpret_cast<const VmTableSlot*>(base + layout.TableSlot(0));
  EXPECT_EQ(table.base, table.table->base);
  EXPECT_EQ(table.table->size, 3u);
  const auto* const ids =
      reinterpret_cast<const uint32_t*>(base + layout.TypeId(0));
  EXPECT_EQ(ids[type], instance.FindFunction("add")->type_id());
  EXPECT_EQ(ids[type], host.type_id());
  EXPECT_NE(ids[unused], ids[type]);
  const VmFunction& record = context.functions[*layout.FunctionRecord(1)];
  EXPECT_EQ(record.context, instance.pinned());
  EXPECT_EQ(record.type_id, ids[type]);
  EXPECT_EQ(record.function, instance.FindFunction("add"));
}

TEST_F(InstantiationTest, InstancesImportFromEachOther) {
  ImageBuilder exporter;
  const uint32_t type = exporter.Type({kI64}, {kI32});
  exporter.Memory(1, 10);
  exporter.Function(type, CodeFrom(wasijit_test_load), "load");
  exporter.Export("memory", ExternKind::kMemory, 0);
  exporter.Global(kI32, true, I32Const(5));
  exporter.Export("global", ExternKind::kGlobal, 0);
  exporter.Data(SegmentMode::kActive, I32Const(0), "\x2a");
  Instance& first = MakeInstance(exporter);

  ImageBuilder importer;
  GlobalType global;
  global.value = kI32;
  global.is_mutable = true;
  importer.Import("a", "load",
                  FunctionExternType{.type = importer.Type({kI64}, {kI32})});
  importer.Import("a", "memory", first.FindMemory("memory")->type());
  importer.Import("a", "global", global);
  importer.Function(importer.Type({kI64, kI64}, {kI32}),
                    CodeFrom(wasijit_test_call_import), "call");
  importer.Export("again", ExternKind::kFunction, 0);
  Instance& second = MakeInstance(
      importer, {first.FindFunction("load"), first.FindMemory("memory"),
                 first.FindGlobal("global")});
  EXPECT_EQ(second.memory(0), first.memory(0));
  second.global(0)->Set(Value::I32(6));
  EXPECT_EQ(first.FindGlobal("global")->Get(), Value::I32(6));
  // The imported function runs in the context of its own instance.
  const auto loaded = CallExport(
      second, "call",
      {Value::I64(importer.ImportSlot(0)), Value::I64(exporter.FromPinned(0))});
  ASSERT_THAT(loaded, HasOutcome());
  EXPECT_THAT(*loaded, ElementsAre(Value::I32(0x2a)));
  // A re-export is the same function.
  EXPECT_EQ(second.FindFunction("again"), first.FindFunction("load"));
  // An out-of-bounds access in the exporter is a trap for the importer.
  EXPECT_THAT(CallExport(second, "call",
                         {Value::I64(importer.ImportSlot(0)),
                          Value::I64(exporter.FromPinned(65536))}),
              TrapsWith(TrapKind::kOutOfBoundsMemoryAccess));
}

TEST_F(InstantiationTest, WrongImportsAreRefusedByName) {
  ImageBuilder builder;
  builder.Import("env", "f\n",
                 FunctionExternType{.type = builder.Type({kI32}, {})});
  Function& host = NewFunction(HostFunction::Wrap([](int64_t) {}));
  EXPECT_THAT(
      Instantiate(builder, {&host}),
      StatusIs(absl::StatusCode::kFailedPrecondition,
               "incompatible import type: \"env\" \"f\\n\" (func (param i32)) "
               "is given (func (param i64))"));
}

TEST_F(InstantiationTest, ExceedingLimitsIsAnErrorAndNotATrap) {
  Store limited(*engine_, {.max_memory_size = 65536, .max_table_size = 10});
  ImageBuilder memory;
  memory.Memory(2);
  EXPECT_THAT(limited.Instantiate(Load(memory), {}),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::_));
  ImageBuilder table;
  table.Table(11);
  EXPECT_THAT(limited.Instantiate(Load(table), {}),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::_));
}

TEST_F(InstantiationTest, GuardPagesAreNotTakenForGranted) {
  if (!kCanLimitAddressSpace) {
    GTEST_SKIP() << "the sanitizer needs all address space";
  }
  EXPECT_EXIT(
      {
        rlimit limit;
        limit.rlim_cur = limit.rlim_max = size_t{8} << 30;
        setrlimit(RLIMIT_AS, &limit);
        ImageBuilder builder;
        builder.Memory(1);
        const auto refused = Instantiate(builder);
        if (refused.status().code() != absl::StatusCode::kResourceExhausted) {
          _exit(1);
        }
        builder.BoundsChecks(BoundsChecks::kExplicit);
        const auto accepted = Instantiate(builder);
        if (!accepted.ok() || !accepted->has_value()) _exit(2);
        // New engines ask for explicit checks at once.
        const auto engine = Engine::Create();
        _exit((*engine)->bounds_checks() == BoundsChecks::kExplicit ? 0 : 3);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(InstantiationTest, ThousandsOfInstancesComeAndGo) {
  ImageBuilder builder;
  builder.Memory(1);
  builder.Function(builder.Type({}, {}), TrapCode(TrapKind::kUnreachable), "f");
  const auto module = Load(builder);
  for (int i = 0; i < 3000; ++i) {
    Store store(*engine_);
    const auto outcome = store.Instantiate(module, {});
    ASSERT_OK(outcome);
    ASSERT_THAT(CallExport(***outcome, "f"), TrapsWith(TrapKind::kUnreachable));
  }
}

}  // namespace
}  // namespace wasijit::test
