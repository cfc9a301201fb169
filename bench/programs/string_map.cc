// Counts words with std::string, std::unordered_map and std::map.
#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel.h"

namespace {

std::vector<std::string> MakeWords(int count) {
  static const char* const kSyllables[] = {"ka", "to", "mi", "ra", "sun", "le"};
  uint64_t state = 79;
  std::vector<std::string> words;
  for (int i = 0; i < count; ++i) {
    std::string word;
    for (int n = 2 + int(NextRandom(&state) >> 61); n > 0; --n) {
      word += kSyllables[(NextRandom(&state) >> 40) % 6];
    }
    words.push_back(word);
  }
  return words;
}

uint64_t Run(uint32_t rounds) {
  const std::vector<std::string> words = MakeWords(20000);
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    std::unordered_map<std::string, uint32_t> counts;
    for (const std::string& word : words) ++counts[word];
    std::map<std::string, uint32_t> sorted(counts.begin(), counts.end());
    for (const auto& [word, count] : sorted) {
      checksum = Fold(checksum, count * 131 + uint8_t(word.back()));
    }
    std::string joined;
    for (size_t i = round % 7; i < words.size(); i += 7) joined += words[i];
    checksum = Fold(checksum, joined.find("raramika"));
  }
  return checksum;
}

}  // namespace

int main(int argc, char** argv) { return RunKernel(argc, argv, 90, Run); }
