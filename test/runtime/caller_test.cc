#include "runtime/caller.h"

#include "gtest/gtest.h"
#include "runtime/abi/vm_context.h"
#include "runtime/host_function.h"
#include "runtime/instance.h"
#include "runtime/memory.h"
#include "test/runtime/image_builder.h"
#include "test/runtime/runtime_fixture.h"

namespace wasijit::test {
namespace {

using CallerTest = RuntimeTest;

TEST_F(CallerTest, TheEmbedderHasNoInstance) {
  Function& function = NewFunction(HostFunction::Wrap([] {}));
  VmHostContext context = {.caller = nullptr,
                           .data = nullptr,
                           .call_buffer = nullptr,
                           .function = &function};
  const Caller caller(&context);
  EXPECT_EQ(caller.instance(), nullptr);
  EXPECT_EQ(caller.memory(), nullptr);
  EXPECT_EQ(&caller.store(), store_.get());
  EXPECT_EQ(&caller.function(), &function);
}

TEST_F(CallerTest, AnInstancesMemoryIsItsFirstOwnOrImported) {
  Function& function = NewFunction(HostFunction::Wrap([] {}));
  VmHostContext context = {.caller = nullptr,
                           .data = nullptr,
                           .call_buffer = nullptr,
                           .function = &function};
  ImageBuilder own;
  own.Memory(2);
  own.Memory(3);
  Instance& owner = MakeInstance(own);
  context.caller = owner.context();
  EXPECT_EQ(Caller(&context).instance(), &owner);
  EXPECT_EQ(Caller(&context).memory()->pages(), 2u);

  ImageBuilder imported;
  imported.Import("", "", owner.memory(1)->type());
  imported.Memory(9);
  Instance& importer = MakeInstance(imported, {owner.memory(1)});
  context.caller = importer.context();
  EXPECT_EQ(Caller(&context).memory(), owner.memory(1));

  ImageBuilder none;
  context.caller = MakeInstance(none).context();
  EXPECT_EQ(Caller(&context).memory(), nullptr);
}

}  // namespace
}  // namespace wasijit::test
