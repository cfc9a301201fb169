// std::sort, std::stable_sort, std::nth_element and binary searches over
// numbers and structures.
#include <algorithm>
#include <vector>

#include "kernel.h"

namespace {

struct Point {
  double x, y;
  uint32_t id;
};

uint64_t Run(uint32_t rounds) {
  uint64_t checksum = 0;
  std::vector<uint64_t> numbers(60000);
  std::vector<Point> points(30000);
  for (uint32_t round = 0; round < rounds; ++round) {
    uint64_t state = round + 1;
    for (uint64_t& number : numbers) number = NextRandom(&state);
    uint32_t id = 0;
    for (Point& point : points) {
      point = {NextUnit(&state), NextUnit(&state), ++id};
    }
    std::sort(numbers.begin(), numbers.end());
    std::stable_sort(points.begin(), points.end(),
                     [](const Point& a, const Point& b) {
                       return int(a.x * 100) < int(b.x * 100);
                     });
    for (int i = 0; i < 20000; ++i) {
      const auto found =
          std::lower_bound(numbers.begin(), numbers.end(), NextRandom(&state));
      checksum += uint64_t(found - numbers.begin());
    }
    std::nth_element(points.begin(), points.begin() + 15000, points.end(),
                     [](const Point& a, const Point& b) { return a.y < b.y; });
    checksum = Fold(checksum, numbers[30000] + points[15000].id);
  }
  return checksum;
}

}  // namespace

int main(int argc, char** argv) { return RunKernel(argc, argv, 70, Run); }
