// Prints lanes that fixed-width SIMD instructions compute.
#include <stdint.h>
#include <stdio.h>
#include <wasm_simd128.h>

static void PrintI32(const char* what, v128_t v) {
  printf("%s %d %d %d %d\n", what, wasm_i32x4_extract_lane(v, 0),
         wasm_i32x4_extract_lane(v, 1), wasm_i32x4_extract_lane(v, 2),
         wasm_i32x4_extract_lane(v, 3));
}

static void PrintF32(const char* what, v128_t v) {
  printf("%s %g %g %g %g\n", what, wasm_f32x4_extract_lane(v, 0),
         wasm_f32x4_extract_lane(v, 1), wasm_f32x4_extract_lane(v, 2),
         wasm_f32x4_extract_lane(v, 3));
}

static int32_t ints[] = {1, -2, 300000, -2147483647};
static float floats[] = {1.5f, -2.5f, 3e9f, -1e30f};
static uint8_t bytes[] = {250, 251, 252, 253, 254, 255, 0,  1,
                          2,   3,   4,   5,   6,   7,   16, 200};

int main(void) {
  const v128_t i = wasm_v128_load(ints);
  const v128_t f = wasm_v128_load(floats);
  const v128_t b = wasm_v128_load(bytes);
  PrintI32("add", wasm_i32x4_add(i, i));
  PrintI32("mul", wasm_i32x4_mul(i, wasm_i32x4_splat(3)));
  PrintI32("abs", wasm_i32x4_abs(i));
  PrintI32("shift", wasm_i32x4_shr(i, 33));
  PrintI32("compare", wasm_i32x4_gt(i, wasm_i32x4_splat(0)));
  PrintI32("trunc_sat", wasm_i32x4_trunc_sat_f32x4(f));
  PrintI32("trunc_sat unsigned", wasm_u32x4_trunc_sat_f32x4(f));
  PrintI32("dot", wasm_i32x4_dot_i16x8(i, i));
  PrintF32("sqrt", wasm_f32x4_sqrt(wasm_f32x4_abs(f)));
  PrintF32("nearest", wasm_f32x4_nearest(f));
  PrintF32("pmin", wasm_f32x4_pmin(f, wasm_f32x4_splat(0)));
  PrintF32("convert", wasm_f32x4_convert_i32x4(i));
  const v128_t saturated = wasm_u8x16_add_sat(b, wasm_u8x16_splat(5));
  printf("add_sat");
  uint8_t lanes[16];
  wasm_v128_store(lanes, saturated);
  for (int n = 0; n < 16; ++n) printf(" %d", lanes[n]);
  wasm_v128_store(lanes, wasm_i8x16_swizzle(b, b));
  printf("\nswizzle");
  for (int n = 0; n < 16; ++n) printf(" %d", lanes[n]);
  printf("\nbitmask %x any %d all %d\n", wasm_i8x16_bitmask(b),
         wasm_v128_any_true(b), wasm_i8x16_all_true(b));
  return 0;
}
