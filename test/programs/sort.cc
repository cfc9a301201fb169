// Sorts the same pseudo-random records in five ways and checks that they agree.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <list>
#include <queue>
#include <string>
#include <vector>

namespace {

struct Record {
  uint32_t key;
  std::string name;
  bool operator<(const Record& other) const {
    return key != other.key ? key < other.key : name < other.name;
  }
  bool operator==(const Record& other) const = default;
};

std::vector<Record> MakeRecords(int count) {
  std::vector<Record> records;
  uint32_t state = 1;
  for (int i = 0; i < count; ++i) {
    state = state * 1664525u + 1013904223u;
    records.push_back({state >> 20, "r" + std::to_string(i)});
  }
  return records;
}

std::vector<Record> HeapSorted(const std::vector<Record>& records) {
  auto greater = [](const Record& a, const Record& b) { return b < a; };
  std::priority_queue<Record, std::vector<Record>, decltype(greater)> heap(
      greater, records);
  std::vector<Record> sorted;
  for (; !heap.empty(); heap.pop()) sorted.push_back(heap.top());
  return sorted;
}

int CompareKeys(const void* a, const void* b) {
  const uint32_t x = *static_cast<const uint32_t*>(a);
  const uint32_t y = *static_cast<const uint32_t*>(b);
  return x < y ? -1 : x > y;
}

}  // namespace

int main() {
  const std::vector<Record> records = MakeRecords(5000);
  std::vector<Record> sorted = records;
  std::sort(sorted.begin(), sorted.end());
  std::vector<Record> stable = records;
  std::stable_sort(stable.begin(), stable.end());
  std::list<Record> list(records.begin(), records.end());
  list.sort();
  std::vector<uint32_t> keys;
  for (const Record& record : records) keys.push_back(record.key);
  std::qsort(keys.data(), keys.size(), sizeof keys[0], CompareKeys);
  const bool keys_agree = std::equal(
      keys.begin(), keys.end(), sorted.begin(),
      [](uint32_t key, const Record& record) { return key == record.key; });
  std::printf("first: %u %s\n", sorted.front().key,
              sorted.front().name.c_str());
  std::printf("median: %u %s\n", sorted[2500].key, sorted[2500].name.c_str());
  std::printf("last: %u %s\n", sorted.back().key, sorted.back().name.c_str());
  std::printf("stable_sort agrees: %d\n", stable == sorted);
  std::printf("list::sort agrees: %d\n",
              std::equal(list.begin(), list.end(), sorted.begin()));
  std::printf("heap agrees: %d\n", HeapSorted(records) == sorted);
  std::printf("qsort agrees: %d\n", keys_agree);
  return 0;
}
