// A library: no main, but _initialize and exported functions.
#include <stdint.h>

static int32_t total = 1;

__attribute__((constructor)) static void Construct(void) { total = 100; }

__attribute__((export_name("add_to_total"))) int32_t AddToTotal(int32_t n) {
  total += n;
  return total;
}

__attribute__((export_name("scale"))) double Scale(double value, float by) {
  return value * by;
}

__attribute__((export_name("widen"))) int64_t Widen(int32_t value) {
  return (int64_t)value << 33;
}
