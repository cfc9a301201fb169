// The part of the C++ ABI that throws and catches, for programs built with
// -fwasm-exceptions: the C++ library at hand is built without exceptions.
// Handlers match by the very type only.
#ifndef WASIJIT_TEST_PROGRAMS_CXX_EXCEPTIONS_H_
#define WASIJIT_TEST_PROGRAMS_CXX_EXCEPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <typeinfo>

asm(".globl __cpp_exception\n"
    ".tagtype __cpp_exception i32\n"
    "__cpp_exception:\n");

namespace cxx_exceptions {

// Lies before the thrown object.
struct alignas(16) Header {
  const std::type_info* type;
  void (*destroy)(void*);
  int handlers;
  Header* caught_before;
};

inline Header* HeaderOf(void* object) {
  return static_cast<Header*>(object) - 1;
}

// The exceptions that are being handled, the latest first.
inline Header* caught = nullptr;

inline uint32_t ReadUnsigned(const uint8_t*& at) {
  uint32_t value = 0;
  for (int shift = 0;; shift += 7) {
    const uint8_t byte = *at++;
    value |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
}

inline int32_t ReadSigned(const uint8_t*& at) {
  const uint8_t* const begin = at;
  const uint32_t value = ReadUnsigned(at);
  const int bits = static_cast<int>(at - begin) * 7;
  return static_cast<int32_t>(value << (32 - bits)) >> (32 - bits);
}

}  // namespace cxx_exceptions

extern "C" {

// Compiled code says here where it has caught something, and learns what to do.
struct LandingPadContext {
  uint32_t index;
  const uint8_t* table;
  int32_t selector;
} __wasm_lpad_context;

void* __cxa_allocate_exception(size_t size) {
  using cxx_exceptions::Header;
  return static_cast<Header*>(std::malloc(sizeof(Header) + size)) + 1;
}

void __cxa_free_exception(void* object) {
  std::free(cxx_exceptions::HeaderOf(object));
}

[[noreturn]] void __cxa_throw(void* object, std::type_info* type,
                              void (*destroy)(void*)) {
  *cxx_exceptions::HeaderOf(object) = {type, destroy, 0, nullptr};
  __builtin_wasm_throw(0, object);
}

void* __cxa_begin_catch(void* object) {
  cxx_exceptions::Header* const header = cxx_exceptions::HeaderOf(object);
  if (header->handlers++ == 0) {
    header->caught_before = cxx_exceptions::caught;
    cxx_exceptions::caught = header;
  }
  return object;
}

void __cxa_end_catch() {
  cxx_exceptions::Header* const header = cxx_exceptions::caught;
  if (--header->handlers > 0) return;
  cxx_exceptions::caught = header->caught_before;
  if (header->destroy != nullptr) header->destroy(header + 1);
  std::free(header);
}

[[noreturn]] void __cxa_rethrow() {
  cxx_exceptions::Header* const header = cxx_exceptions::caught;
  // Its handler's end must not destroy it.
  ++header->handlers;
  __builtin_wasm_throw(0, header + 1);
}

// Looks in the function's table for the handler of an exception.
int _Unwind_CallPersonality(void* object) {
  using namespace cxx_exceptions;
  const std::type_info* const type = HeaderOf(object)->type;
  const uint8_t* at = __wasm_lpad_context.table;
  __wasm_lpad_context.selector = 0;
  ++at;  // No base of landing pads.
  const uint8_t type_encoding = *at++;
  const uint8_t* types = nullptr;
  if (type_encoding != 0xff) {
    const uint32_t distance = ReadUnsigned(at);
    types = at + distance;
  }
  ++at;  // Call sites are unsigned numbers.
  const uint32_t sites_size = ReadUnsigned(at);
  const uint8_t* const actions = at + sites_size;
  uint32_t action = 0;
  for (uint32_t i = 0; i <= __wasm_lpad_context.index; ++i) {
    ReadUnsigned(at);
    action = ReadUnsigned(at);
  }
  if (action == 0) return 0;
  const uint8_t* entry = actions + action - 1;
  while (true) {
    const int32_t filter = ReadSigned(entry);
    const uint8_t* const next = entry;
    if (filter > 0) {
      const auto* const wanted =
          *reinterpret_cast<const std::type_info* const*>(types - 4 * filter);
      if (wanted == nullptr || *wanted == *type) {
        __wasm_lpad_context.selector = filter;
        return 0;
      }
    }
    entry = next;
    const int32_t distance = ReadSigned(entry);
    if (distance == 0) return 0;
    entry = next + distance;
  }
}

}  // extern "C"

#endif  // WASIJIT_TEST_PROGRAMS_CXX_EXCEPTIONS_H_
