// Counts lines, words and bytes of a file and lists its most frequent words.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: word_count FILE\n";
    return 2;
  }
  std::FILE* file = std::fopen(argv[1], "rb");
  if (file == nullptr) {
    std::cerr << "word_count: cannot open " << argv[1] << '\n';
    return 1;
  }
  std::string text;
  for (int c; (c = std::fgetc(file)) != EOF;) text.push_back(char(c));
  std::fclose(file);
  std::unordered_map<std::string, int> counts;
  std::istringstream words(text);
  std::string word;
  int total = 0;
  while (words >> word) {
    ++total;
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    ++counts[word];
  }
  std::cout << std::count(text.begin(), text.end(), '\n') << " lines, " << total
            << " words, " << text.size() << " bytes\n";
  std::vector<std::pair<std::string, int>> ranked(counts.begin(), counts.end());
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  for (size_t i = 0; i < ranked.size() && i < 3; ++i) {
    std::cout << ranked[i].second << ' ' << ranked[i].first << '\n';
  }
  return 0;
}
