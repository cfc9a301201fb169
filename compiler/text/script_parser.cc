#include "compiler/text/script_parser.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "compiler/binary/module_decoder.h"
#include "compiler/syntax/instruction.h"
#include "compiler/text/immediate_parser.h"
#include "compiler/text/lexer.h"
#include "compiler/text/parser_context.h"
#include "compiler/text/script_value_parser.h"
#include "compiler/text/string_literal.h"
#include "runtime/status/status_macros.h"

namespace wasijit::compiler {
namespace {

struct ModuleAssertionWord {
  Keyword keyword;
  ModuleAssertion::Kind kind;
};
constexpr ModuleAssertionWord kModuleAssertions[] = {
    {Keyword::kAssertMalformed, ModuleAssertion::Kind::kMalformed},
    {Keyword::kAssertInvalid, ModuleAssertion::Kind::kInvalid},
    {Keyword::kAssertUnlinkable, ModuleAssertion::Kind::kUnlinkable},
    {Keyword::kAssertMalformedCustom, ModuleAssertion::Kind::kMalformedCustom},
    {Keyword::kAssertInvalidCustom, ModuleAssertion::Kind::kInvalidCustom},
};

struct ActionAssertionWord {
  Keyword keyword;
  ActionAssertion::Kind kind;
};
constexpr ActionAssertionWord kActionAssertions[] = {
    {Keyword::kAssertReturn, ActionAssertion::Kind::kReturn},
    {Keyword::kAssertTrap, ActionAssertion::Kind::kTrap},
    {Keyword::kAssertExhaustion, ActionAssertion::Kind::kExhaustion},
    {Keyword::kAssertException, ActionAssertion::Kind::kException},
};

// Words that begin a module field at the top of a script.
bool IsModuleField(const TokenCursor& cursor) {
  for (Keyword keyword :
       {Keyword::kType, Keyword::kRec, Keyword::kImport, Keyword::kFunc,
        Keyword::kTable, Keyword::kMemory, Keyword::kGlobal, Keyword::kTag,
        Keyword::kExport, Keyword::kStart, Keyword::kElem, Keyword::kData}) {
    if (cursor.AtGroup(keyword)) return true;
  }
  return cursor.At(TokenKind::kAnnotation);
}

class ScriptParser {
 public:
  explicit ScriptParser(TokenCursor& cursor) : cursor_(cursor) {}

  std::vector<Command> ParseCommands(bool in_thread);

 private:
  void ParseCommand(bool in_thread, Command& command);
  std::string TakeName();
  bool AtAction() const {
    return cursor_.AtGroup(Keyword::kInvoke) || cursor_.AtGroup(Keyword::kGet);
  }

  // These begin behind the group's keyword and end behind its parenthesis,
  // which is the one at `end`.
  void ParseModuleCommand(uint32_t end, Command& command);
  ScriptModule ParseModuleBody(uint32_t end);
  InstanceCommand ParseInstance();
  RegisterCommand ParseRegister();
  Action ParseAction();
  ModuleAssertion ParseModuleAssertion(ModuleAssertion::Kind kind);
  void ParseActionAssertion(ActionAssertion::Kind kind, Command& command);
  std::shared_ptr<const ThreadCommand> ParseThread();
  // "(module ...)".
  ScriptModule ExpectModule();

  TokenCursor& cursor_;
};

std::vector<Command> ScriptParser::ParseCommands(bool in_thread) {
  std::vector<Command> commands;
  while (!cursor_.AtGroupEnd()) {
    Command& command = commands.emplace_back();
    command.token = cursor_.index();
    ParseCommand(in_thread, command);
  }
  return commands;
}

void ScriptParser::ParseCommand(bool in_thread, Command& command) {
  if (!cursor_.At(TokenKind::kLeftParen)) {
    return cursor_.FailUnexpected("a command");
  }
  const uint32_t end = cursor_.Peek().partner();
  if (cursor_.TakeGroup(Keyword::kModule)) {
    return ParseModuleCommand(end, command);
  }
  if (cursor_.TakeGroup(Keyword::kRegister)) {
    command.body = ParseRegister();
    return;
  }
  if (AtAction()) {
    command.body = ParseAction();
    return;
  }
  for (const ModuleAssertionWord& word : kModuleAssertions) {
    if (cursor_.TakeGroup(word.keyword)) {
      command.body = ParseModuleAssertion(word.kind);
      return;
    }
  }
  for (const ActionAssertionWord& word : kActionAssertions) {
    if (cursor_.TakeGroup(word.keyword)) {
      return ParseActionAssertion(word.kind, command);
    }
  }
  if (cursor_.TakeGroup(Keyword::kWait)) {
    command.body = WaitCommand{TakeName()};
    return cursor_.ExpectRightParen();
  }
  // Threads do not start threads: so nothing recurses further.
  if (!in_thread && cursor_.TakeGroup(Keyword::kThread)) {
    command.body = ParseThread();
    return;
  }
  cursor_.FailUnexpected("a command");
}

std::string ScriptParser::TakeName() {
  if (!cursor_.At(TokenKind::kId)) return "";
  std::string storage;
  std::string name(DecodeId(cursor_.Text(), storage));
  cursor_.Advance();
  return name;
}

void ScriptParser::ParseModuleCommand(uint32_t end, Command& command) {
  if (cursor_.TakeKeyword(Keyword::kInstance)) {
    command.body = ParseInstance();
  } else {
    command.body = ParseModuleBody(end);
  }
}

ScriptModule ScriptParser::ParseModuleBody(uint32_t end) {
  ScriptModule module;
  module.is_definition = cursor_.TakeKeyword(Keyword::kDefinition);
  if (cursor_.At(TokenKind::kId)) module.id = cursor_.index();
  module.name = TakeName();
  const bool is_binary = cursor_.TakeKeyword(Keyword::kBinary);
  if (is_binary || cursor_.TakeKeyword(Keyword::kQuote)) {
    module.form =
        is_binary ? ScriptModule::Form::kBinary : ScriptModule::Form::kQuote;
    while (!cursor_.AtGroupEnd()) {
      absl::StrAppend(&module.content, cursor_.ExpectString());
    }
  } else {
    module.fields = {cursor_.index(), end};
    cursor_.Seek(end);
  }
  cursor_.ExpectRightParen();
  return module;
}

InstanceCommand ScriptParser::ParseInstance() {
  InstanceCommand instance;
  instance.name = TakeName();
  instance.definition = TakeName();
  cursor_.ExpectRightParen();
  return instance;
}

RegisterCommand ScriptParser::ParseRegister() {
  RegisterCommand command;
  command.module = cursor_.ExpectName();
  command.instance = TakeName();
  cursor_.ExpectRightParen();
  return command;
}

Action ScriptParser::ParseAction() {
  Action action;
  if (cursor_.TakeGroup(Keyword::kGet)) {
    action.kind = Action::Kind::kGet;
  } else {
    cursor_.ExpectGroup(Keyword::kInvoke);
  }
  action.instance = TakeName();
  action.name = cursor_.ExpectName();
  while (action.kind == Action::Kind::kInvoke && !cursor_.AtGroupEnd()) {
    action.arguments.push_back(ParseScriptArgument(cursor_));
  }
  cursor_.ExpectRightParen();
  return action;
}

ScriptModule ScriptParser::ExpectModule() {
  const uint32_t end = cursor_.Peek().partner();
  cursor_.ExpectGroup(Keyword::kModule);
  return ParseModuleBody(end);
}

ModuleAssertion ScriptParser::ParseModuleAssertion(ModuleAssertion::Kind kind) {
  ModuleAssertion assertion;
  assertion.kind = kind;
  assertion.module = ExpectModule();
  assertion.message = cursor_.ExpectName();
  cursor_.ExpectRightParen();
  return assertion;
}

void ScriptParser::ParseActionAssertion(ActionAssertion::Kind kind,
                                        Command& command) {
  if (kind == ActionAssertion::Kind::kTrap &&
      cursor_.AtGroup(Keyword::kModule)) {
    command.body = ParseModuleAssertion(ModuleAssertion::Kind::kTrap);
    return;
  }
  ActionAssertion assertion;
  assertion.kind = kind;
  assertion.action = ParseAction();
  if (kind == ActionAssertion::Kind::kReturn) {
    while (!cursor_.AtGroupEnd()) {
      assertion.results.push_back(ParseResultPattern(cursor_));
    }
  } else if (cursor_.At(TokenKind::kString)) {
    assertion.message = cursor_.ExpectName();
  }
  cursor_.ExpectRightParen();
  command.body = std::move(assertion);
}

std::shared_ptr<const ThreadCommand> ScriptParser::ParseThread() {
  auto thread = std::make_shared<ThreadCommand>();
  thread->name = TakeName();
  while (cursor_.TakeGroup(Keyword::kShared)) {
    cursor_.ExpectGroup(Keyword::kModule);
    thread->shared.push_back(TakeName());
    cursor_.ExpectRightParen();
    cursor_.ExpectRightParen();
  }
  thread->commands = ParseCommands(/*in_thread=*/true);
  cursor_.ExpectRightParen();
  return thread;
}

}  // namespace

absl::StatusOr<Script> ParseScript(absl::string_view source) {
  Script script;
  ASSIGN_OR_RETURN(script.sequence, Lex(source));
  TokenCursor cursor(script.sequence);
  if (IsModuleField(cursor)) {
    ScriptModule module;
    module.fields = {0,
                     static_cast<uint32_t>(script.sequence.tokens.size()) - 1};
    script.commands.push_back({0, std::move(module)});
    return script;
  }
  script.commands = ScriptParser(cursor).ParseCommands(/*in_thread=*/false);
  if (cursor.ok() && !cursor.AtEnd()) cursor.FailUnexpected("a command");
  RETURN_IF_ERROR(cursor.status());
  return script;
}

absl::StatusOr<Module> ParseScriptModule(const Script& script,
                                         const ScriptModule& module,
                                         const ParseOptions& options) {
  switch (module.form) {
    case ScriptModule::Form::kText:
      return ParseModuleFields(script.sequence, module.fields, module.id,
                               options);
    case ScriptModule::Form::kBinary:
      return DecodeModule(
          {reinterpret_cast<const uint8_t*>(module.content.data()),
           module.content.size()},
          options.features);
    case ScriptModule::Form::kQuote:
      return ParseModule(module.content, options);
  }
}

}  // namespace wasijit::compiler
