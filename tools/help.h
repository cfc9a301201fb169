// The help texts, made from the tables of commands and options.
#ifndef WASIJIT_TOOLS_HELP_H_
#define WASIJIT_TOOLS_HELP_H_

#include <string>

#include "tools/command.h"

namespace wasijit::tools {

// What `wasijit --help` prints.
std::string ProgramHelp();

// What `wasijit <command> --help` prints.
std::string CommandHelp(Command command);

// What `wasijit --version` prints.
std::string VersionText();

}  // namespace wasijit::tools

#endif  // WASIJIT_TOOLS_HELP_H_
