// Arguments and environment.
#include "wasi/preview1.h"

namespace wasijit::wasi {

Result<void> Preview1::ArgsGet(Pointer<uint32_t> argv,
                               Pointer<uint8_t> argv_buf) {
  return context_->args().Write(argv, argv_buf);
}

Result<CountAndBytes> Preview1::ArgsSizesGet() {
  return context_->args().sizes();
}

Result<void> Preview1::EnvironGet(Pointer<uint32_t> environ,
                                  Pointer<uint8_t> environ_buf) {
  return context_->environment().Write(environ, environ_buf);
}

Result<CountAndBytes> Preview1::EnvironSizesGet() {
  return context_->environment().sizes();
}

}  // namespace wasijit::wasi
