// The mixture that embedded benchmarks use: searching and sorting a linked
// list, small integer matrices, a state machine over text, and a CRC of it all.
#include "kernel.h"

enum { kItems = 600, kSide = 12, kTextSize = 2048 };

typedef struct Item {
  struct Item* next;
  int16_t value;
  int16_t index;
} Item;

static Item items[kItems];
static int16_t left[kSide][kSide], right[kSide][kSide];
static int32_t product[kSide][kSide];
static char text[kTextSize + 1];

static uint16_t Crc16(uint16_t crc, uint32_t value) {
  for (int bit = 0; bit < 32; ++bit) {
    const int carry = (crc ^ value) & 1;
    crc >>= 1;
    value >>= 1;
    if (carry) crc ^= 0xa001;
  }
  return crc;
}

static int ByValue(const Item* a, const Item* b) { return a->value - b->value; }
static int ByIndex(const Item* a, const Item* b) { return a->index - b->index; }

// Bottom-up merge sort of a linked list, comparing through a pointer.
static Item* SortList(Item* list, int (*compare)(const Item*, const Item*)) {
  for (int width = 1;; width *= 2) {
    Item *p = list, *tail = NULL;
    list = NULL;
    int merges = 0;
    while (p != NULL) {
      ++merges;
      Item* q = p;
      int p_size = 0, q_size = width;
      while (p_size < width && q != NULL) {
        ++p_size;
        q = q->next;
      }
      while (p_size > 0 || (q_size > 0 && q != NULL)) {
        Item* next;
        if (p_size == 0 || (q_size > 0 && q != NULL && compare(p, q) > 0)) {
          next = q;
          q = q->next;
          --q_size;
        } else {
          next = p;
          p = p->next;
          --p_size;
        }
        if (tail != NULL) {
          tail->next = next;
        } else {
          list = next;
        }
        tail = next;
      }
      p = q;
    }
    tail->next = NULL;
    if (merges <= 1) return list;
  }
}

static Item* ReverseList(Item* list) {
  Item* reversed = NULL;
  while (list != NULL) {
    Item* next = list->next;
    list->next = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

static uint16_t WorkOnList(uint16_t crc, uint32_t round) {
  for (int i = 0; i < kItems; ++i) {
    items[i].next = i + 1 < kItems ? &items[i + 1] : NULL;
    items[i].index = (int16_t)i;
    items[i].value = (int16_t)((i * 7919u + round * 31u) & 0x7fff);
  }
  Item* list = SortList(items, ByValue);
  for (const Item* item = list; item != NULL; item = item->next) {
    if (item->value % 16 == 3) crc = Crc16(crc, (uint32_t)item->index);
  }
  list = SortList(ReverseList(list), ByIndex);
  return Crc16(crc, (uint32_t)list->next->value);
}

static uint16_t WorkOnMatrices(uint16_t crc, uint32_t round) {
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      left[i][j] = (int16_t)(i * 3 + j + (int)round);
      right[i][j] = (int16_t)(i - j * 5);
    }
  }
  for (int i = 0; i < kSide; ++i) {
    for (int j = 0; j < kSide; ++j) {
      int32_t sum = 0;
      for (int k = 0; k < kSide; ++k) {
        const int32_t term = left[i][k] * right[k][j];
        sum += ((term >> 2) & 0x0f) * ((term >> 5) & 0x7f);
      }
      product[i][j] = sum;
    }
  }
  for (int i = 0; i < kSide; ++i) crc = Crc16(crc, (uint32_t)product[i][i]);
  return crc;
}

typedef enum {
  kStart,
  kInvalid,
  kSign,
  kInteger,
  kPoint,
  kFraction,
  kExponent,
  kExponentSign,
  kScientific,
  kStateCount
} State;

static int IsDigit(char c) { return c >= '0' && c <= '9'; }

static State Step(State state, char c) {
  switch (state) {
    case kStart:
      if (IsDigit(c)) return kInteger;
      if (c == '+' || c == '-') return kSign;
      return c == '.' ? kPoint : kInvalid;
    case kSign:
      if (IsDigit(c)) return kInteger;
      return c == '.' ? kPoint : kInvalid;
    case kInteger:
      if (IsDigit(c)) return kInteger;
      if (c == 'e') return kExponent;
      return c == '.' ? kFraction : kInvalid;
    case kPoint:
      return IsDigit(c) ? kFraction : kInvalid;
    case kFraction:
      if (IsDigit(c)) return kFraction;
      return c == 'e' ? kExponent : kInvalid;
    case kExponent:
      if (IsDigit(c)) return kScientific;
      return c == '+' || c == '-' ? kExponentSign : kInvalid;
    case kExponentSign:
    case kScientific:
      return IsDigit(c) ? kScientific : kInvalid;
    default:
      return kInvalid;
  }
}

static uint16_t WorkOnText(uint16_t crc) {
  uint32_t counts[kStateCount] = {0};
  State state = kStart;
  for (const char* p = text; *p != '\0'; ++p) {
    if (*p == ',') {
      ++counts[state];
      state = kStart;
    } else {
      state = Step(state, *p);
    }
  }
  for (int i = 0; i < kStateCount; ++i) crc = Crc16(crc, counts[i]);
  return crc;
}

static void MakeText(void) {
  static const char* const kTokens[] = {"5012", "-87.31", "+1.5e+3",  "x17",
                                        "1e-9", ".25",    "T0.3e-1F", "--4",
                                        "7.e",  "+.5",    "99999",    "3e+"};
  uint64_t state = 42;
  size_t size = 0;
  for (;;) {
    const char* token = kTokens[NextRandom(&state) % 12];
    const size_t length = strlen(token);
    if (size + length + 1 > kTextSize) break;
    memcpy(text + size, token, length);
    size += length;
    text[size++] = ',';
  }
}

static uint64_t Run(uint32_t rounds) {
  MakeText();
  uint16_t crc = 0xffff;
  for (uint32_t round = 0; round < rounds; ++round) {
    crc = WorkOnList(crc, round);
    crc = WorkOnMatrices(crc, round);
    crc = WorkOnText(crc);
  }
  return crc;
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 20000, Run); }
