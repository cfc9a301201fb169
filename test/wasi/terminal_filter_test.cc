#include "wasi/terminal_filter.h"

#include <pty.h>
#include <termios.h>

#include "test/wasi/sandbox.h"

namespace wasijit::wasi {
namespace {

std::string Filtered(const std::vector<std::string>& writes) {
  TerminalFilter filter;
  std::string out;
  for (const std::string& text : writes) {
    filter.Filter(
        absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(text.data()),
                            text.size()),
        out);
  }
  return out;
}

TEST(TerminalFilterTest, TextPasses) {
  for (const char* text : {"", "plain\n", "a\tb\r\n", "gr\u00fc\u00dfe",
                           "\u20ac \U0001f600 \u4e2d", "\u00a0"}) {
    EXPECT_EQ(Filtered({text}), text);
  }
}

TEST(TerminalFilterTest, ControlsAreShown) {
  EXPECT_EQ(Filtered({"\x1b[31mred\x1b[0m"}), "\u241b[31mred\u241b[0m");
  EXPECT_EQ(Filtered({"\x1b]0;title\x07"}), "\u241b]0;title\u2407");
  EXPECT_EQ(Filtered({"\b\f\v\x7f"}), "\u2408\u240c\u240b\u2421");
  EXPECT_EQ(Filtered({std::string(1, '\0')}), "\u2400");
  for (int control = 0; control < 0x20; ++control) {
    const std::string text(1, static_cast<char>(control));
    const bool passes = text == "\n" || text == "\r" || text == "\t";
    EXPECT_EQ(Filtered({text}) == text, passes) << control;
  }
}

TEST(TerminalFilterTest, ControlsOfEightBitsAreReplaced) {
  for (int second = 0x80; second < 0xa0; ++second) {
    EXPECT_EQ(Filtered({std::string("\xc2") + static_cast<char>(second)}),
              "\ufffd");
  }
  EXPECT_EQ(Filtered({"\x9b"
                      "31m"}),
            "\ufffd31m");
}

TEST(TerminalFilterTest, WhatIsNoUtf8IsReplaced) {
  const char* const kInvalid[] = {
      "\xff",         "\xc0\x80",         "\xc1\xbf",         "\xe0\x80\x80",
      "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82",
      "\x80"};
  for (const char* text : kInvalid) {
    const std::string filtered = Filtered({text, "x"});
    EXPECT_EQ(filtered.find(text), std::string::npos);
    EXPECT_EQ(filtered.substr(0, 3), "\ufffd");
    EXPECT_EQ(filtered.back(), 'x');
  }
}

TEST(TerminalFilterTest, WritesMayBeSplitAnywhere) {
  const std::string text =
      "a\u00e4\u20ac\U0001f600\x1b[2J\xc2\x9b\xe2\x82 \xf0\x9f\n";
  const std::string whole = Filtered({text});
  for (size_t i = 0; i <= text.size(); ++i) {
    for (size_t j = i; j <= text.size(); ++j) {
      EXPECT_EQ(
          Filtered({text.substr(0, i), text.substr(i, j - i), text.substr(j)}),
          whole);
    }
  }
}

// A guest whose standard output is a terminal.
class TerminalTest : public GuestTest {
 protected:
  void StartOnTerminal(bool raw) {
    int slave;
    ASSERT_EQ(openpty(&master_, &slave, nullptr, nullptr, nullptr), 0);
    termios settings;
    ASSERT_EQ(tcgetattr(slave, &settings), 0);
    cfmakeraw(&settings);
    ASSERT_EQ(tcsetattr(slave, TCSANOW, &settings), 0);
    slave_ = HostFile::Own(slave);
    Start({.stdout_fd = slave, .raw_terminal = raw});
  }
  ~TerminalTest() override {
    if (master_ >= 0) close(master_);
  }

  // What arrives of `size` bytes.
  std::string Received(size_t size) const {
    std::string text(size, '\0');
    size_t got = 0;
    while (got < size) {
      const ssize_t count = read(master_, text.data() + got, size - got);
      if (count <= 0) break;
      got += static_cast<size_t>(count);
    }
    return text.substr(0, got);
  }

 private:
  int master_ = -1;
  HostFile slave_;
};

TEST_P(TerminalTest, GetsTextOnly) {
  StartOnTerminal(/*raw=*/false);
  const std::string evil = "ok\x1b]0;x\x07\n";
  EXPECT_EQ(WriteText(kStdout, {"\xe2", "\x82", "\xac", evil}),
            3 + evil.size());
  const std::string shown = "\u20acok\u241b]0;x\u2407\n";
  EXPECT_EQ(Received(shown.size()), shown);
  // It is a terminal for the guest, too.
  EXPECT_EQ(calls().FdFdstatGet(kStdout)->filetype, Filetype::kCharacterDevice);
}

TEST_P(TerminalTest, GetsEverythingIfItIsToBeRaw) {
  StartOnTerminal(/*raw=*/true);
  EXPECT_EQ(WriteText(kStdout, {"\x1b[1m"}), 4u);
  EXPECT_EQ(Received(4), "\x1b[1m");
}

TEST_P(TerminalTest, LongTextArrivesWhole) {
  StartOnTerminal(/*raw=*/false);
  const std::string text(3000, '\x01');
  EXPECT_EQ(WriteText(kStdout, {text.substr(0, 1000)}), 1000u);
  const std::string shown = Received(3000);
  EXPECT_EQ(shown.size(), 3000u);
  EXPECT_EQ(shown.substr(0, 3), "\u2401");
}

TEST_P(TerminalTest, OtherFilesAreNotFiltered) {
  const Fd file = MustOpen("file", kFileRights, Oflags::kCreat);
  EXPECT_EQ(WriteText(file, {"\x1b\xff"}), 2u);
  EXPECT_EQ(Sandbox::ReadFile(box() / "file"), "\x1b\xff");
}

INSTANTIATE_ONCE(TerminalTest);

}  // namespace
}  // namespace wasijit::wasi
