// Sorts random numbers by quicksort, heapsort, merge sort and radix sort.
#include "kernel.h"

enum { kCount = 100000 };

static uint32_t input[kCount], work[kCount], scratch[kCount];

static void Swap(uint32_t* a, uint32_t* b) {
  const uint32_t t = *a;
  *a = *b;
  *b = t;
}

static void QuickSort(uint32_t* a, int n) {
  while (n > 16) {
    const uint32_t pivot = a[n / 2];
    int i = 0, j = n - 1;
    for (;; ++i, --j) {
      while (a[i] < pivot) ++i;
      while (a[j] > pivot) --j;
      if (i >= j) break;
      Swap(&a[i], &a[j]);
    }
    QuickSort(a, i);
    a += i;
    n -= i;
  }
  for (int i = 1; i < n; ++i) {
    const uint32_t value = a[i];
    int j = i;
    for (; j > 0 && a[j - 1] > value; --j) a[j] = a[j - 1];
    a[j] = value;
  }
}

static void SiftDown(uint32_t* a, int i, int n) {
  for (int child; (child = 2 * i + 1) < n; i = child) {
    if (child + 1 < n && a[child] < a[child + 1]) ++child;
    if (a[i] >= a[child]) return;
    Swap(&a[i], &a[child]);
  }
}

static void HeapSort(uint32_t* a, int n) {
  for (int i = n / 2 - 1; i >= 0; --i) SiftDown(a, i, n);
  for (int i = n - 1; i > 0; --i) {
    Swap(&a[0], &a[i]);
    SiftDown(a, 0, i);
  }
}

static void MergeSort(uint32_t* a, int n) {
  for (int width = 1; width < n; width *= 2) {
    for (int start = 0; start < n; start += 2 * width) {
      const int middle = start + width < n ? start + width : n;
      const int end = start + 2 * width < n ? start + 2 * width : n;
      int i = start, j = middle;
      for (int k = start; k < end; ++k) {
        scratch[k] = i < middle && (j >= end || a[i] <= a[j]) ? a[i++] : a[j++];
      }
    }
    memcpy(a, scratch, sizeof(uint32_t) * (size_t)n);
  }
}

static void RadixSort(uint32_t* a, int n) {
  for (int shift = 0; shift < 32; shift += 8) {
    uint32_t count[257] = {0};
    for (int i = 0; i < n; ++i) ++count[(a[i] >> shift & 0xff) + 1];
    for (int i = 0; i < 256; ++i) count[i + 1] += count[i];
    for (int i = 0; i < n; ++i) scratch[count[a[i] >> shift & 0xff]++] = a[i];
    memcpy(a, scratch, sizeof(uint32_t) * (size_t)n);
  }
}

static uint64_t Run(uint32_t rounds) {
  static void (*const kSorts[])(uint32_t*, int) = {QuickSort, HeapSort,
                                                   MergeSort, RadixSort};
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    uint64_t state = round + 1;
    for (int i = 0; i < kCount; ++i) input[i] = (uint32_t)NextRandom(&state);
    for (int sort = 0; sort < 4; ++sort) {
      memcpy(work, input, sizeof work);
      kSorts[sort](work, kCount);
      for (int i = 0; i < kCount; i += 101) checksum = Fold(checksum, work[i]);
    }
  }
  return checksum;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 22, Run); }
