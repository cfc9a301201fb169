#include "tools/explore_page.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace wasijit::tools {
namespace {

// A line of code and the instruction it comes from: the offset in the module,
// 0 if unknown.
struct Line {
  uint32_t offset = 0;
  absl::string_view text;
};

struct FunctionCode {
  std::string title;
  std::vector<Line> wasm;
  std::vector<Line> ir;
  std::vector<Line> assembly;
};
// By index in the module's function index space.
using Functions = std::map<uint32_t, FunctionCode>;

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

bool ParseHex(absl::string_view text, uint32_t& number) {
  return absl::SimpleHexAtoi(text, &number);
}

// "000027 func[0] $name (type):" begins a function, "  00002a: bytes | text"
// is an instruction.
void AddWasm(absl::string_view disassembly, Functions& functions) {
  FunctionCode* function = nullptr;
  for (absl::string_view line : absl::StrSplit(disassembly, '\n')) {
    const size_t index = line.find(" func[");
    const size_t bar = line.find("| ");
    uint32_t number;
    if (!line.empty() && line[0] != ' ' && index != absl::string_view::npos) {
      const absl::string_view rest = line.substr(index + 6);
      if (!absl::SimpleAtoi(rest.substr(0, rest.find(']')), &number)) continue;
      function = &functions[number];
      absl::string_view title = line.substr(index + 1);
      if (absl::EndsWith(title, ":")) title.remove_suffix(1);
      function->title = std::string(title);
    } else if (function != nullptr && bar != absl::string_view::npos) {
      absl::string_view place = absl::StripAsciiWhitespace(line.substr(0, bar));
      place = place.substr(0, place.find(':'));
      if (!ParseHex(place, number)) number = 0;
      function->wasm.push_back({number, line.substr(bar + 2)});
    }
  }
}

void AddListing(absl::string_view listing, Functions& functions) {
  FunctionCode* function = nullptr;
  for (absl::string_view line : absl::StrSplit(listing, '\n')) {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 2));
    uint32_t number = 0;
    if (parts.size() < 2) continue;
    if (!absl::SimpleAtoi(parts[1], &number)) number = 0;
    if (parts[0] == "F") {
      function = &functions[number];
    } else if (function != nullptr && parts.size() == 3) {
      std::vector<Line>& lines =
          parts[0] == "I" ? function->ir : function->assembly;
      lines.push_back({number, parts[2]});
    }
  }
}

// Instructions that something is known about, ascending. What computes their
// operands lies before them and belongs to them.
std::vector<uint32_t> Anchors(const FunctionCode& function) {
  std::set<uint32_t> offsets;
  for (const auto* lines : {&function.ir, &function.assembly}) {
    for (const Line& line : *lines) {
      if (line.offset != 0) offsets.insert(line.offset);
    }
  }
  return {offsets.begin(), offsets.end()};
}

constexpr uint32_t kNoAnchor = UINT32_MAX;

void AppendLine(uint32_t anchor, absl::string_view text, std::string& html) {
  if (anchor == kNoAnchor) {
    absl::StrAppend(&html, "<i>", Escaped(text), "</i>");
  } else {
    absl::StrAppend(&html, "<i data-a=", anchor, " class=c", anchor % 6, ">",
                    Escaped(text), "</i>");
  }
}

std::string WasmColumn(const FunctionCode& function,
                       const std::vector<uint32_t>& anchors) {
  std::string html;
  for (const Line& line : function.wasm) {
    const auto anchor =
        std::lower_bound(anchors.begin(), anchors.end(), line.offset);
    AppendLine(line.offset == 0 || anchor == anchors.end()
                   ? kNoAnchor
                   : static_cast<uint32_t>(anchor - anchors.begin()),
               line.text, html);
  }
  return html;
}

std::string CodeColumn(const std::vector<Line>& lines,
                       const std::vector<uint32_t>& anchors) {
  std::string html;
  uint32_t present = kNoAnchor;
  for (const Line& line : lines) {
    // Labels stand between what they separate.
    const bool is_label = absl::EndsWith(line.text, ":");
    if (is_label) present = kNoAnchor;
    const auto anchor =
        std::lower_bound(anchors.begin(), anchors.end(), line.offset);
    if (line.offset != 0 && anchor != anchors.end()) {
      present = static_cast<uint32_t>(anchor - anchors.begin());
    }
    AppendLine(is_label ? kNoAnchor : present,
               absl::StrReplaceAll(line.text, {{"\t", "    "}}), html);
  }
  return html;
}

// Colours follow the reader's preference for light or dark.
constexpr absl::string_view kHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<style>
:root { color-scheme: light dark; --edge: #8884; }
body { margin: 0; font: 14px/1.4 system-ui, sans-serif; }
header { position: sticky; top: 0; padding: .6em 1em; background: Canvas;
  border-bottom: 1px solid var(--edge); display: flex; gap: 1em; z-index: 2; }
header b { flex: 1; } header input { width: 18em; font: inherit; }
details { border-bottom: 1px solid var(--edge); }
summary { padding: .4em 1em; cursor: pointer;
  font: 13px ui-monospace, monospace; }
.columns { display: grid; grid-template-columns: 2fr 3fr 2fr; }
.columns > div { overflow: auto; max-height: 75vh;
  border-left: 1px solid var(--edge); }
h2 { margin: 0; padding: .2em 1em; font: 600 12px system-ui, sans-serif;
  position: sticky; top: 0; background: Canvas; }
pre { margin: 0; font: 12px/1.5 ui-monospace, monospace; }
pre i { display: block; font-style: normal; padding: 0 1em; min-height: 1.5em;
  border-left: 3px solid transparent; white-space: pre; width: max-content;
  min-width: 100%; box-sizing: border-box; }
.c0 { border-color: #4e79a7 !important; } .c1 { border-color: #f28e2b !important; }
.c2 { border-color: #59a14f !important; } .c3 { border-color: #e15759 !important; }
.c4 { border-color: #b07aa1 !important; } .c5 { border-color: #edc948 !important; }
pre i.on { background: #f5c40044; } pre i.kept { background: #f5c40088; }
</style>
)";

// Hovering lights up what comes from the same instruction; a click keeps it and
// scrolls the other columns there.
constexpr absl::string_view kScript = R"(<script>
const lines = (details, anchor) =>
  details.querySelectorAll(`i[data-a="${anchor}"]`);
const mark = (name, line) => {
  document.querySelectorAll('i.' + name).forEach(
    i => i.classList.remove(name));
  if (line) lines(line.closest('details'), line.dataset.a).forEach(
    i => i.classList.add(name));
};
const lineOf = event => event.target.closest('i[data-a]');
document.addEventListener('mouseover', e => mark('on', lineOf(e)));
document.addEventListener('click', e => {
  const line = lineOf(e);
  if (!line) return;
  mark('kept', line);
  const own = line.closest('pre');
  const seen = new Set([own]);
  for (const other of lines(line.closest('details'), line.dataset.a)) {
    const pre = other.closest('pre');
    if (seen.has(pre)) continue;
    seen.add(pre);
    const box = pre.parentElement;
    box.scrollTop = other.offsetTop - box.offsetTop - box.clientHeight / 3;
  }
});
document.querySelector('input').addEventListener('input', e => {
  for (const d of document.querySelectorAll('details')) {
    d.hidden = !d.firstElementChild.textContent.includes(e.target.value);
  }
});
</script>
)";

}  // namespace

std::string ExplorePage(absl::string_view title, absl::string_view disassembly,
                        absl::string_view listing) {
  Functions functions;
  AddWasm(disassembly, functions);
  AddListing(listing, functions);
  std::string html = absl::StrCat(
      kHead, "<title>", Escaped(title), "</title></head><body>\n<header><b>",
      Escaped(title),
      "</b><input placeholder=\"Functions named ...\"></header>\n");
  bool is_first = true;
  for (const auto& [index, function] : functions) {
    const std::vector<uint32_t> anchors = Anchors(function);
    absl::StrAppend(&html, is_first ? "<details open>" : "<details>",
                    "<summary>", Escaped(function.title),
                    "</summary><div class=columns>");
    const std::pair<absl::string_view, std::string> columns[] = {
        {"WebAssembly", WasmColumn(function, anchors)},
        {"LLVM IR", CodeColumn(function.ir, anchors)},
        {"Assembly", CodeColumn(function.assembly, anchors)}};
    for (const auto& [name, code] : columns) {
      absl::StrAppend(&html, "<div><h2>", name, "</h2><pre>", code,
                      "</pre></div>");
    }
    absl::StrAppend(&html, "</div></details>\n");
    is_first = false;
  }
  absl::StrAppend(&html, kScript, "</body></html>\n");
  return html;
}

}  // namespace wasijit::tools
