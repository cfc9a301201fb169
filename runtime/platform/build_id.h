// Which build a program or shared library is of.
#ifndef WASIJIT_RUNTIME_PLATFORM_BUILD_ID_H_
#define WASIJIT_RUNTIME_PLATFORM_BUILD_ID_H_

#include <string>

#include "absl/status/statusor.h"

namespace wasijit {

// What the linker says of an ELF file: a digest of its content, which nothing
// else has. NotFound if it says nothing; else why the file cannot be read.
absl::StatusOr<std::string> BuildIdOfFile(const std::string& path);

// Of the running program; empty if the linker says nothing.
std::string BuildIdOfProgram();

}  // namespace wasijit

#endif  // WASIJIT_RUNTIME_PLATFORM_BUILD_ID_H_
