// Prints results of floating-point code whose every digit is determined by
// IEEE 754: sums, roots, rounding, conversions, special values.
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// The inputs go through volatile objects so that nothing is folded by the
// C compiler.
static volatile double zero = 0.0, one = 1.0, three = 3.0, ten = 10.0;

static double Harmonic(int terms) {
  double sum = 0;
  for (int i = 1; i <= terms; ++i) sum += one / i;
  return sum;
}

// Arithmetic-geometric mean iteration for pi.
static double Pi(void) {
  double a = one, b = one / sqrt(one + one), t = 0.25, p = one;
  for (int i = 0; i < 5; ++i) {
    const double next = (a + b) / 2;
    b = sqrt(a * b);
    t -= p * (a - next) * (a - next);
    a = next;
    p *= 2;
  }
  return (a + b) * (a + b) / (4 * t);
}

static uint64_t Bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

int main(void) {
  printf("harmonic %.17g\n", Harmonic(100000));
  printf("pi %.15f\n", Pi());
  printf("third %a\n", one / three);
  printf("float third %.9g\n", (float)one / (float)three);
  printf("0.1+0.2 %.17g\n", one / ten + 2 * one / ten);
  printf("infinity %f %f\n", one / zero, -one / zero);
  printf("nan %d\n", zero / zero != zero / zero);
  printf("negative zero %016llx\n", (unsigned long long)Bits(-zero));
  printf("subnormal %g %a\n", DBL_MIN / 4, DBL_MIN / 4);
  printf("rounding %.0f %.0f %.0f %.0f %.0f\n", rint(2.5 * one),
         floor(-2.5 * one), ceil(-2.5 * one), trunc(-2.5 * one),
         rint(-0.5 * one));
  printf("copysign %g fabs %g\n", copysign(three, -zero), fabs(-three));
  printf("fmod %g remainder %g\n", fmod(ten, three), remainder(ten, three));
  printf("to int %d %u %lld\n", (int)(ten / three), (unsigned)(3e9 * one),
         (long long)(-1e18 * one));
  printf("from int %.1f %.1f\n", (double)(uint64_t)-1 * one,
         (double)INT64_MIN * one);
  printf("libm %.12f %.12f %.12f %.12f\n", sin(one), exp(one), log(ten),
         pow(three, one / three));
  return 0;
}
