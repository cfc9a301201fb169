#include "tools/script_process.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/status/status_macros.h"

namespace wasijit::tools {
namespace {

// A report as lines: "failed LINE MESSAGE", "skipped LINE MESSAGE" and, as the
// last one, "passed COUNT". Messages are escaped.
constexpr absl::string_view kFailed = "failed";
constexpr absl::string_view kSkipped = "skipped";
constexpr absl::string_view kPassed = "passed";

std::string Serialize(const ScriptReport& report) {
  std::string text;
  for (const ScriptFinding& finding : report.findings) {
    const bool failed = finding.kind == ScriptFinding::Kind::kFailed;
    absl::StrAppend(&text, failed ? kFailed : kSkipped, " ", finding.line, " ",
                    absl::Utf8SafeCEscape(finding.message), "\n");
  }
  absl::StrAppend(&text, kPassed, " ", report.passed, "\n");
  return text;
}

// Nothing if the text is cut off.
std::optional<ScriptReport> Deserialize(absl::string_view text) {
  ScriptReport report;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 2));
    if (parts[0] == kPassed && parts.size() == 2 &&
        absl::SimpleAtoi(parts[1], &report.passed)) {
      return report;
    }
    ScriptFinding finding;
    if (parts.size() != 3 || !absl::SimpleAtoi(parts[1], &finding.line) ||
        !absl::CUnescape(parts[2], &finding.message)) {
      return std::nullopt;
    }
    finding.kind = parts[0] == kFailed ? ScriptFinding::Kind::kFailed
                                       : ScriptFinding::Kind::kSkipped;
    report.findings.push_back(std::move(finding));
  }
  return std::nullopt;
}

// The line at which each child is, in memory that the processes share.
class SharedLines {
 public:
  using Line = std::atomic<size_t>;

  static absl::StatusOr<SharedLines> Create(size_t count) {
    const size_t size = count * sizeof(Line);
    void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      return absl::InternalError(
          absl::StrCat("cannot share memory: ", std::strerror(errno)));
    }
    return SharedLines(static_cast<Line*>(memory), size);
  }

  Line& operator[](size_t index) { return lines_.get()[index]; }

 private:
  struct Unmap {
    size_t size;
    void operator()(void* memory) const { munmap(memory, size); }
  };
  SharedLines(Line* lines, size_t size) : lines_(lines, Unmap{size}) {}

  std::unique_ptr<Line, Unmap> lines_;
};

struct Child {
  size_t script = 0;
  pid_t pid = 0;
  // From which its report is read.
  int pipe = -1;
  std::string text;
};

void WriteAll(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

class ProcessPool {
 public:
  ProcessPool(const ScriptFunction& run, SharedLines lines)
      : run_(run), lines_(std::move(lines)) {}

  size_t size() const { return children_.size(); }

  absl::Status Start(size_t script);
  // Waits until a child has ended; its report and script.
  std::pair<size_t, ScriptReport> Next();

 private:
  // False at the end of the child's text.
  static bool Read(Child& child);
  ScriptReport Finish(const Child& child);

  const ScriptFunction& run_;
  SharedLines lines_;
  std::vector<Child> children_;
};

absl::Status ProcessPool::Start(size_t script) {
  int ends[2];
  if (pipe(ends) != 0) {
    return absl::InternalError(
        absl::StrCat("cannot make a pipe: ", std::strerror(errno)));
  }
  // What is buffered would be written twice.
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid < 0) {
    return absl::InternalError(
        absl::StrCat("cannot make a process: ", std::strerror(errno)));
  }
  if (pid == 0) {
    close(ends[0]);
    auto& line = lines_[script];
    WriteAll(ends[1],
             Serialize(run_(script, [&line](size_t at) { line = at; })));
    std::fflush(nullptr);
    _exit(EXIT_SUCCESS);
  }
  close(ends[1]);
  children_.push_back({script, pid, ends[0], ""});
  return absl::OkStatus();
}

bool ProcessPool::Read(Child& child) {
  char buffer[1 << 16];
  const ssize_t size = read(child.pipe, buffer, sizeof(buffer));
  if (size < 0 && errno == EINTR) return true;
  if (size <= 0) return false;
  child.text.append(buffer, static_cast<size_t>(size));
  return true;
}

std::pair<size_t, ScriptReport> ProcessPool::Next() {
  while (true) {
    std::vector<pollfd> polled;
    for (const Child& child : children_) {
      polled.push_back({child.pipe, POLLIN, 0});
    }
    poll(polled.data(), polled.size(), -1);
    for (size_t i = 0; i < children_.size(); ++i) {
      if (polled[i].revents == 0 || Read(children_[i])) continue;
      const Child child = std::move(children_[i]);
      children_.erase(children_.begin() + static_cast<ptrdiff_t>(i));
      return {child.script, Finish(child)};
    }
  }
}

ScriptReport ProcessPool::Finish(const Child& child) {
  close(child.pipe);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (std::optional<ScriptReport> report = Deserialize(child.text)) {
    return *std::move(report);
  }
  ScriptReport report;
  report.findings.push_back(
      {ScriptFinding::Kind::kFailed, lines_[child.script],
       WIFSIGNALED(status)
           ? absl::StrCat("the process was killed by signal ", WTERMSIG(status),
                          " (", strsignal(WTERMSIG(status)), ")")
           : absl::StrCat("the process ended with status ",
                          WEXITSTATUS(status))});
  return report;
}

}  // namespace

absl::StatusOr<std::vector<ScriptReport>> RunInProcesses(
    size_t count, size_t jobs, const ScriptFunction& run,
    const std::function<void(size_t script, const ScriptReport& report)>&
        on_report) {
  std::vector<ScriptReport> reports(count);
  if (count == 0) return reports;
  ASSIGN_OR_RETURN(SharedLines lines, SharedLines::Create(count));
  ProcessPool pool(run, std::move(lines));
  size_t next = 0;
  while (next < count || pool.size() > 0) {
    while (next < count && pool.size() < std::max<size_t>(jobs, 1)) {
      RETURN_IF_ERROR(pool.Start(next++));
    }
    auto [script, report] = pool.Next();
    on_report(script, report);
    reports[script] = std::move(report);
  }
  return reports;
}

}  // namespace wasijit::tools
