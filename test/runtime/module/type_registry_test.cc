#include "runtime/module/type_registry.h"

#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "test/support/status_matchers.h"

namespace wasijit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::wasijit::test::StatusIs;

ValueType Nullable(HeapType type) { return ValueType::Ref(type, true); }
ValueType NonNull(HeapType type) { return ValueType::Ref(type, false); }

SubType Struct(std::vector<ValueType> fields) {
  StructType structure;
  for (ValueType field : fields) structure.fields.push_back({{field}, false});
  SubType type;
  type.composite = structure;
  type.is_final = false;
  return type;
}

SubType Func(std::vector<ValueType> params) {
  FuncType func;
  func.params = std::move(params);
  SubType type;
  type.composite = func;
  return type;
}

SubType Below(uint32_t supertype, SubType type) {
  type.supertype = supertype;
  return type;
}

// Groups of consecutive types.
Module ModuleWith(std::vector<std::vector<SubType>> groups) {
  Module module;
  for (const std::vector<SubType>& group : groups) {
    module.rec_groups.push_back({static_cast<uint32_t>(module.types.size()),
                                 static_cast<uint32_t>(group.size())});
    module.types.insert(module.types.end(), group.begin(), group.end());
  }
  return module;
}

TEST(TypeRegistry, GivesEqualTypesOneId) {
  TypeRegistry registry;
  ASSERT_OK_AND_ASSIGN(
      const std::vector<TypeId> ids,
      registry.AddModule(ModuleWith({{Func({ValueType::I32()})},
                                     {Func({ValueType::I64()})},
                                     {Func({ValueType::I32()})}})));
  EXPECT_THAT(ids, ElementsAre(1, 2, 1));
  EXPECT_EQ(registry.size(), 2u);
}

// (rec (type $a (struct (ref $b))) (type $b (struct (ref $a)))), at different
// places in two modules.
TEST(TypeRegistry, GivesEqualGroupsEqualIdsWhereverTheyAre) {
  TypeRegistry registry;
  const auto pair = [](uint32_t first) {
    return std::vector<SubType>{
        Struct({Nullable(HeapType::Concrete(first + 1))}),
        Struct({Nullable(HeapType::Concrete(first))})};
  };
  ASSERT_OK_AND_ASSIGN(const std::vector<TypeId> a,
                       registry.AddModule(ModuleWith({pair(0)})));
  ASSERT_OK_AND_ASSIGN(const std::vector<TypeId> b,
                       registry.AddModule(ModuleWith({{Func({})}, pair(1)})));
  EXPECT_EQ(b[1], a[0]);
  EXPECT_EQ(b[2], a[1]);
  EXPECT_NE(a[0], a[1]);
}

TEST(TypeRegistry, DistinguishesWhatDiffersInOneDetail) {
  const SubType plain = Struct({ValueType::I32()});
  std::vector<std::vector<SubType>> groups = {{plain}};
  SubType type = plain;
  type.is_final = true;
  groups.push_back({type});
  type = plain;
  std::get<StructType>(type.composite).fields[0].is_mutable = true;
  groups.push_back({type});
  type = plain;
  std::get<StructType>(type.composite).fields[0].storage.packed =
      PackedType::kI8;
  groups.push_back({type});
  groups.push_back({Struct({ValueType::I32(), ValueType::I32()})});
  groups.push_back({Below(0, plain)});
  type = plain;
  type.composite = ArrayType{{{ValueType::I32()}, false}};
  groups.push_back({type});
  // Alone, and as one of a group.
  groups.push_back({plain, plain});
  groups.push_back({Func({Nullable(HeapType::Concrete(0))})});
  groups.push_back({Func({NonNull(HeapType::Concrete(0))})});
  groups.push_back({Func({Nullable(HeapType::Concrete(0, /*exact=*/true))})});
  groups.push_back({Func({Nullable(HeapType::Concrete(1))})});
  TypeRegistry registry;
  ASSERT_OK_AND_ASSIGN(const std::vector<TypeId> ids,
                       registry.AddModule(ModuleWith(groups)));
  for (size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(ids[i], i + 1) << "type " << i;
  }
}

// A reference to the group itself is not one to an equal, earlier type.
TEST(TypeRegistry, DistinguishesReferencesIntoAndOutOfTheGroup) {
  TypeRegistry registry;
  ASSERT_OK_AND_ASSIGN(const std::vector<TypeId> ids,
                       registry.AddModule(ModuleWith(
                           {{Struct({Nullable(HeapType::Concrete(0))})},
                            {Struct({Nullable(HeapType::Concrete(0))})},
                            {Struct({Nullable(HeapType::Concrete(2))})}})));
  EXPECT_NE(ids[1], ids[0]);
  EXPECT_EQ(ids[2], ids[0]);
}

TEST(TypeRegistry, KeepsDefinitionsWithIdsAsIndices) {
  TypeRegistry registry;
  ASSERT_OK(registry.AddModule(ModuleWith({{Func({})}})));
  ASSERT_OK_AND_ASSIGN(
      const std::vector<TypeId> ids,
      registry.AddModule(
          ModuleWith({{Struct({})},
                      {Below(0, Struct({Nullable(HeapType::Concrete(1))}))}})));
  EXPECT_THAT(ids, ElementsAre(2, 3));
  const SubType& type = registry.Definition(3);
  EXPECT_EQ(type.supertype, 2u);
  EXPECT_EQ(type.structure()->fields[0].storage.value,
            Nullable(HeapType::Concrete(3)));
}

TEST(TypeRegistry, KnowsDeclaredSubtypes) {
  TypeRegistry registry;
  ASSERT_OK_AND_ASSIGN(
      const std::vector<TypeId> ids,
      registry.AddModule(ModuleWith({{Struct({})},
                                     {Below(0, Struct({}))},
                                     {Below(1, Struct({}))},
                                     {Below(0, Struct({ValueType::I32()}))}})));
  EXPECT_THAT(registry.Display(ids[2]), ElementsAre(ids[0], ids[1], ids[2]));
  const bool kExpected[4][4] = {
      {true, false, false, false},
      {true, true, false, false},
      {true, true, true, false},
      {true, false, false, true},
  };
  for (size_t sub = 0; sub < 4; ++sub) {
    for (size_t super = 0; super < 4; ++super) {
      EXPECT_EQ(registry.IsSubtype(ids[sub], ids[super]), kExpected[sub][super])
          << sub << " <: " << super;
    }
  }
}

TEST(TypeRegistry, MatchesHeapTypesAsSpecified) {
  using enum AbstractHeapType;
  TypeRegistry registry;
  SubType array;
  array.composite = ArrayType{{{ValueType::I32()}, false}};
  ASSERT_OK(registry.AddModule(
      ModuleWith({{Struct({})}, {Below(0, Struct({}))}, {array}, {Func({})}})));
  const HeapType kStructure = HeapType::Concrete(1);
  const HeapType kSub = HeapType::Concrete(2);
  const HeapType kArrayType = HeapType::Concrete(3);
  const HeapType kFuncType = HeapType::Concrete(4);
  const HeapType kExactStructure = HeapType::Concrete(1, /*exact=*/true);
  const HeapType kExactSub = HeapType::Concrete(2, /*exact=*/true);
  const HeapType kAll[] = {kFunc,
                           kNoFunc,
                           kExtern,
                           kNoExtern,
                           kAny,
                           kEq,
                           kI31,
                           kStruct,
                           kArray,
                           kNone,
                           kExn,
                           kNoExn,
                           kStructure,
                           kSub,
                           kArrayType,
                           kFuncType,
                           kExactStructure,
                           kExactSub};
  // Proper supertypes.
  const struct {
    HeapType sub;
    std::vector<HeapType> supers;
  } kCases[] = {
      {kFunc, {}},
      {kNoFunc, {kFunc, kFuncType}},
      {kExtern, {}},
      {kNoExtern, {kExtern}},
      {kAny, {}},
      {kEq, {kAny}},
      {kI31, {kEq, kAny}},
      {kStruct, {kEq, kAny}},
      {kArray, {kEq, kAny}},
      {kNone,
       {kI31, kStruct, kArray, kEq, kAny, kStructure, kSub, kArrayType,
        kExactStructure, kExactSub}},
      {kExn, {}},
      {kNoExn, {kExn}},
      {kStructure, {kStruct, kEq, kAny}},
      {kSub, {kStructure, kStruct, kEq, kAny}},
      {kArrayType, {kArray, kEq, kAny}},
      {kFuncType, {kFunc}},
      {kExactStructure, {kStructure, kStruct, kEq, kAny}},
      {kExactSub, {kSub, kStructure, kStruct, kEq, kAny}},
  };
  for (const auto& c : kCases) {
    for (HeapType super : kAll) {
      const bool expected =
          super == c.sub ||
          std::find(c.supers.begin(), c.supers.end(), super) != c.supers.end();
      EXPECT_EQ(registry.IsSubtype(c.sub, super), expected)
          << ToString(c.sub) << " <: " << ToString(super);
    }
    EXPECT_TRUE(registry.IsSubtype(HeapType(kBottom), c.sub));
  }
}

TEST(TypeRegistry, MatchesValueTypesAsSpecified) {
  const TypeRegistry registry;
  const ValueType any = Nullable(AbstractHeapType::kAny);
  const ValueType eq = NonNull(AbstractHeapType::kEq);
  EXPECT_TRUE(registry.IsSubtype(eq, any));
  EXPECT_FALSE(registry.IsSubtype(any, eq));
  EXPECT_FALSE(registry.IsSubtype(Nullable(AbstractHeapType::kEq), eq));
  EXPECT_TRUE(registry.IsSubtype(ValueType(), eq));
  EXPECT_TRUE(registry.IsSubtype(ValueType(), ValueType::I32()));
  EXPECT_TRUE(registry.IsSubtype(ValueType::I32(), ValueType::I32()));
  EXPECT_FALSE(registry.IsSubtype(ValueType::I32(), ValueType::I64()));
  EXPECT_FALSE(registry.IsSubtype(ValueType::I32(), any));
}

TEST(TypeRegistry, LimitsTheDepthOfSubtyping) {
  std::vector<std::vector<SubType>> groups = {{Struct({})}};
  for (uint32_t i = 0; i < kMaxSubtypingDepth; ++i) {
    groups.push_back({Below(i, Struct({}))});
  }
  TypeRegistry registry;
  ASSERT_OK(registry.AddModule(ModuleWith(groups)));
  const size_t size = registry.size();
  groups.push_back({Below(kMaxSubtypingDepth, Struct({}))});
  EXPECT_THAT(registry.AddModule(ModuleWith(groups)),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       HasSubstr("subtyping chain is longer than 63")));
  EXPECT_EQ(registry.size(), size);
}

TEST(TypeRegistry, AddsTypesOfTheHostAsTheyAreInModules) {
  TypeRegistry registry;
  ASSERT_OK_AND_ASSIGN(
      const std::vector<TypeId> ids,
      registry.AddModule(ModuleWith({{Func({ValueType::I32()})}})));
  EXPECT_THAT(registry.Add(Func({ValueType::I32()}).composite),
              test::IsOkAndHolds(ids[0]));
  EXPECT_THAT(
      registry.Add(Func({Nullable(HeapType::Concrete(ids[0]))}).composite),
      test::IsOkAndHolds(ids[0] + 1));
}

TEST(SharedTypeRegistry, MayBeUsedByManyThreads) {
  SharedTypeRegistry registry;
  std::vector<std::vector<TypeId>> results(4);
  {
    std::vector<std::jthread> threads;
    for (size_t t = 0; t < results.size(); ++t) {
      threads.emplace_back([&registry, &result = results[t]] {
        for (uint32_t i = 0; i < 200; ++i) {
          const SubType type =
              Func(std::vector<ValueType>(i, ValueType::I32()));
          const auto id = registry.Add(type.composite);
          result.push_back(id.ok() ? *id : kNoType);
          if (registry.Definition(result.back()).func()->params.size() != i) {
            result.back() = kNoType;
          }
        }
      });
    }
  }
  for (const std::vector<TypeId>& result : results) {
    EXPECT_EQ(result, results[0]);
    EXPECT_THAT(result, testing::Each(testing::Ne(kNoType)));
  }
}

}  // namespace
}  // namespace wasijit
