// A backtracking matcher for a small language of regular expressions, and a
// lexer driven by a transition table.
#include "kernel.h"

enum { kSize = 16 * 1024 };

static char text[kSize + 1];

static int MatchHere(const char* pattern, const char* p);

static int MatchOne(char wanted, char c) {
  if (c == '\0') return 0;
  if (wanted == '#') return c >= '0' && c <= '9';
  return wanted == '.' || wanted == c;
}

static int MatchStar(char wanted, const char* pattern, const char* p) {
  const char* end = p;
  while (MatchOne(wanted, *end)) ++end;
  for (;; --end) {
    if (MatchHere(pattern, end)) return 1;
    if (end == p) return 0;
  }
}

// A character, '.' for any, '#' for a digit; '*' and '?' after one of them.
static int MatchHere(const char* pattern, const char* p) {
  for (;; ++pattern, ++p) {
    if (pattern[0] == '\0') return 1;
    if (pattern[1] == '*') return MatchStar(pattern[0], pattern + 2, p);
    if (pattern[1] == '?') {
      if (MatchOne(pattern[0], *p) && MatchHere(pattern + 2, p + 1)) return 1;
      pattern += 1;
      p -= 1;
      continue;
    }
    if (!MatchOne(pattern[0], *p)) return 0;
  }
}

static uint32_t CountMatches(const char* pattern) {
  uint32_t count = 0;
  for (const char* p = text; *p != '\0'; ++p) count += MatchHere(pattern, p);
  return count;
}

enum { kSpace, kLetter, kDigit, kDot, kOther, kClasses };
enum { kOut, kWord, kNumber, kFraction, kStates };

static const uint8_t kTransitions[kStates][kClasses] = {
    {kOut, kWord, kNumber, kOut, kOut},
    {kOut, kWord, kWord, kOut, kOut},
    {kOut, kWord, kNumber, kFraction, kOut},
    {kOut, kWord, kFraction, kOut, kOut},
};

static uint8_t classes[256];

static uint32_t CountTokens(void) {
  uint32_t tokens[kStates] = {0};
  uint8_t state = kOut;
  for (const char* p = text; *p != '\0'; ++p) {
    const uint8_t next = kTransitions[state][classes[(uint8_t)*p]];
    if (next == kOut) ++tokens[state];
    state = next;
  }
  return tokens[kWord] + 1000 * tokens[kNumber] + 1000000 * tokens[kFraction];
}

static void Prepare(void) {
  static const char* const kWords[] = {"abc12 ", "3.14 ",       "x=aaab; ",
                                       "hello ", "2024-10-07 ", "foo(bar) ",
                                       "17 ",    "aaaaaaaac\n"};
  uint64_t state = 3;
  size_t size = 0;
  while (size < kSize - 16) {
    const char* word = kWords[NextRandom(&state) % 8];
    memcpy(text + size, word, strlen(word));
    size += strlen(word);
  }
  for (int c = 0; c < 256; ++c) {
    classes[c] = c == ' ' || c == '\n'                ? kSpace
                 : (c | 32) >= 'a' && (c | 32) <= 'z' ? kLetter
                 : c >= '0' && c <= '9'               ? kDigit
                 : c == '.'                           ? kDot
                                                      : kOther;
  }
}

static uint64_t Run(uint32_t rounds) {
  static const char* const kPatterns[] = {"a*b", "####-##-##", "f?oo(.*)",
                                          "#*.#* ", "h.l?l*o"};
  Prepare();
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    checksum = Fold(checksum, CountMatches(kPatterns[round % 5]));
    checksum = Fold(checksum, CountTokens());
    text[round % (kSize / 2)] ^= 1;
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 4000, Run); }
