// Searching, splitting, comparing, copying and changing the case of text with
// the C library's functions.
#include <ctype.h>

#include "kernel.h"

enum { kSize = 32 * 1024, kMaxWords = 8192 };

static char text[kSize + 1];
static char copy[kSize + 1];
static char* split[kMaxWords];

static void MakeText(void) {
  static const char* const kParts[] = {
      "lorem", "ipsum ", "dolor", "sit ",      "amet, ", "con",
      "sec",   "tetur ", "adi",   "piscing\n", "elit. ", "sed "};
  uint64_t state = 99;
  size_t size = 0;
  while (size < kSize - 16) {
    const char* part = kParts[NextRandom(&state) % 12];
    size += (size_t)snprintf(text + size, 16, "%s", part);
  }
}

static uint32_t CountOccurrences(const char* haystack, const char* needle) {
  uint32_t count = 0;
  for (const char* p = haystack; (p = strstr(p, needle)) != NULL; ++p) ++count;
  return count;
}

static int SplitWords(char* from) {
  int count = 0;
  for (char* word = strtok(from, " ,.\n"); word != NULL && count < kMaxWords;
       word = strtok(NULL, " ,.\n")) {
    split[count++] = word;
  }
  return count;
}

static uint64_t Run(uint32_t rounds) {
  MakeText();
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    strcpy(copy, text);
    for (char* p = copy; *p != '\0'; ++p) *p = (char)toupper((uint8_t)*p);
    checksum = Fold(checksum, CountOccurrences(copy, "ELIT. SED"));
    checksum = Fold(checksum, (uint64_t)(strchr(copy + round, 'Q') == NULL));
    const int words = SplitWords(copy);
    int32_t order = 0;
    uint64_t lengths = 0;
    for (int i = 1; i < words; ++i) {
      const int compared = strcmp(split[i - 1], split[i]);
      order += (compared > 0) - (compared < 0);
      lengths += strlen(split[i]);
    }
    checksum = Fold(checksum, (uint64_t)order + lengths);
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 5600, Run); }
