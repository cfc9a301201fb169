// Test scripts: the language of the official suite's .wast files.
#ifndef WASIJIT_COMPILER_TEXT_SCRIPT_H_
#define WASIJIT_COMPILER_TEXT_SCRIPT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/text/result_pattern.h"
#include "compiler/text/token.h"
#include "compiler/text/token_cursor.h"
#include "runtime/module/value.h"

namespace wasijit::compiler {

// A module as a script has it. Text is parsed only when the module is asked
// for, because some modules are expected to be malformed.
struct ScriptModule {
  enum class Form : uint8_t { kText, kBinary, kQuote };
  Form form = Form::kText;
  // Its identifier; empty if it has none.
  std::string name;
  // "(module definition ...)": not instantiated until asked for.
  bool is_definition = false;
  // kText: the fields, and the token of the identifier or 0.
  TokenRange fields;
  uint32_t id = 0;
  // kBinary: the bytes. kQuote: the text.
  std::string content;
};

// An argument of a function.
struct ScriptArgument {
  enum class Kind : uint8_t { kValue, kExtern, kHost };
  Kind kind = Kind::kValue;
  // kValue: a number, vector or null reference.
  Value value;
  // kExtern, kHost: which reference of the embedder.
  uint32_t host = 0;
};

// Calls a function or reads a global of an instance.
struct Action {
  enum class Kind : uint8_t { kInvoke, kGet };
  Kind kind = Kind::kInvoke;
  // Identifier of the instance; empty for the latest.
  std::string instance;
  std::string name;
  std::vector<ScriptArgument> arguments;
};

// "(module instance $instance $definition)".
struct InstanceCommand {
  std::string name;
  // Empty for the latest.
  std::string definition;
};

// Makes an instance's exports importable under a name.
struct RegisterCommand {
  std::string module;
  // Identifier of the instance; empty for the latest.
  std::string instance;
};

// An assertion about a module: that it fails in a certain way.
struct ModuleAssertion {
  enum class Kind : uint8_t {
    kMalformed,
    kInvalid,
    kUnlinkable,
    // Traps while it is instantiated.
    kTrap,
    // As kMalformed and kInvalid, because of an annotation.
    kMalformedCustom,
    kInvalidCustom,
  };
  Kind kind = Kind::kMalformed;
  ScriptModule module;
  // What the message must begin with.
  std::string message;
};

// An assertion about an action.
struct ActionAssertion {
  enum class Kind : uint8_t { kReturn, kTrap, kExhaustion, kException };
  Kind kind = Kind::kReturn;
  Action action;
  // kReturn.
  std::vector<ResultPattern> results;
  // kTrap, kExhaustion: what the message must begin with.
  std::string message;
};

struct ThreadCommand;

// Waits for a thread's end.
struct WaitCommand {
  std::string thread;
};

struct Command {
  // First token of the command.
  uint32_t token = 0;
  std::variant<ScriptModule, InstanceCommand, RegisterCommand, Action,
               ModuleAssertion, ActionAssertion,
               std::shared_ptr<const ThreadCommand>, WaitCommand>
      body;
};

// "(thread $name (shared (module $m)) command*)": commands that run
// concurrently, with instances of their own except for the shared ones.
struct ThreadCommand {
  std::string name;
  // Identifiers of instances.
  std::vector<std::string> shared;
  std::vector<Command> commands;
};

struct Script {
  // The text must outlive the script.
  TokenSequence sequence;
  std::vector<Command> commands;
};

}  // namespace wasijit::compiler

#endif  // WASIJIT_COMPILER_TEXT_SCRIPT_H_
