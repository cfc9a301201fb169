// Runs a fuzz target without libFuzzer: on every seed, and on mutations of the
// seeds that are the same in every run. A crash fails the test.
//
// usage: <target>_fuzz SECONDS SEED-FILE-OR-DIRECTORY...
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

using Bytes = std::vector<uint8_t>;
using Clock = std::chrono::steady_clock;

constexpr size_t kMaxSeedSize = size_t{64} << 10;

std::vector<Bytes> ReadSeeds(const std::vector<std::string>& paths) {
  std::vector<std::filesystem::path> files;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      if (std::filesystem::exists(path)) files.emplace_back(path);
      continue;
    }
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  // The order of a directory differs between file systems.
  std::sort(files.begin(), files.end());
  std::vector<Bytes> seeds;
  for (const std::filesystem::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    Bytes bytes{std::istreambuf_iterator<char>(stream), {}};
    if (bytes.size() <= kMaxSeedSize) seeds.push_back(std::move(bytes));
  }
  return seeds;
}

// Changes one place: a bit, a byte, the end, or a range that is repeated.
void Mutate(Bytes& bytes, std::mt19937_64& random) {
  if (bytes.empty()) return;
  const size_t at = random() % bytes.size();
  switch (random() % 5) {
    case 0:
      bytes[at] ^= static_cast<uint8_t>(1u << random() % 8);
      break;
    case 1:
      bytes[at] = static_cast<uint8_t>(random());
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes.erase(bytes.begin() + static_cast<ptrdiff_t>(at));
      break;
    case 4: {
      const size_t count = std::min<size_t>(random() % 64, bytes.size() - at);
      const Bytes range(bytes.begin() + static_cast<ptrdiff_t>(at),
                        bytes.begin() + static_cast<ptrdiff_t>(at + count));
      bytes.insert(bytes.begin() + static_cast<ptrdiff_t>(at), range.begin(),
                   range.end());
      break;
    }
  }
}

void Run(const Bytes& bytes) {
  // A copy of the exact size, so that AddressSanitizer sees reads beyond it.
  const Bytes exact(bytes);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s SECONDS SEED-FILE-OR-DIRECTORY...\n",
                 argv[0]);
    return 2;
  }
  const auto deadline = Clock::now() + std::chrono::seconds(atoi(argv[1]));
  const std::vector<Bytes> seeds = ReadSeeds({argv + 2, argv + argc});
  if (seeds.empty()) {
    std::fprintf(stderr, "no seeds\n");
    return 1;
  }
  Run({});
  for (const Bytes& seed : seeds) Run(seed);
  std::mt19937_64 random(1);
  size_t mutations = 0;
  for (; Clock::now() < deadline; ++mutations) {
    Bytes bytes = seeds[random() % seeds.size()];
    for (size_t i = random() % 4 + 1; i > 0; --i) Mutate(bytes, random);
    Run(bytes);
  }
  std::printf("%zu seeds, %zu mutations\n", seeds.size(), mutations);
  return 0;
}
