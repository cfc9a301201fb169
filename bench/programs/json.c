// Parses a JSON document into a tree of nodes and walks it.
#include "kernel.h"

enum { kMaxText = 1 << 17, kMaxNodes = 1 << 15, kMaxDepth = 64 };

typedef enum { kNull, kBool, kNumber, kString, kArray, kObject } Kind;

typedef struct Node {
  Kind kind;
  double number;
  const char *start, *end;  // of a string
  struct Node *first, *next;
} Node;

static char text[kMaxText];
static Node nodes[kMaxNodes];
static uint32_t node_count;
static const char* cursor;

static void SkipSpace(void) {
  while (*cursor == ' ' || *cursor == '\n') ++cursor;
}

static double ParseNumber(void) {
  double sign = 1, value = 0, scale = 1;
  if (*cursor == '-') {
    sign = -1;
    ++cursor;
  }
  while (*cursor >= '0' && *cursor <= '9')
    value = value * 10 + (*cursor++ - '0');
  if (*cursor == '.') {
    ++cursor;
    while (*cursor >= '0' && *cursor <= '9') {
      value = value * 10 + (*cursor++ - '0');
      scale *= 10;
    }
  }
  return sign * value / scale;
}

static void ParseString(Node* node) {
  node->kind = kString;
  node->start = ++cursor;
  while (*cursor != '"') cursor += *cursor == '\\' ? 2 : 1;
  node->end = cursor++;
}

static Node* ParseValue(void) {
  SkipSpace();
  Node* node = &nodes[node_count++];
  *node = (Node){0};
  if (*cursor == '"') {
    ParseString(node);
  } else if (*cursor == '[' || *cursor == '{') {
    const char close = *cursor == '[' ? ']' : '}';
    node->kind = *cursor == '[' ? kArray : kObject;
    ++cursor;
    Node** link = &node->first;
    for (SkipSpace(); *cursor != close; SkipSpace()) {
      if (*cursor == ',' || *cursor == ':') ++cursor;
      *link = ParseValue();
      link = &(*link)->next;
    }
    ++cursor;
  } else if (*cursor == 't' || *cursor == 'f') {
    node->kind = kBool;
    node->number = *cursor == 't';
    cursor += *cursor == 't' ? 4 : 5;
  } else if (*cursor == 'n') {
    cursor += 4;
  } else {
    node->kind = kNumber;
    node->number = ParseNumber();
  }
  return node;
}

static uint64_t Walk(const Node* node, uint64_t checksum) {
  for (; node != NULL; node = node->next) {
    checksum = Fold(checksum, node->kind);
    if (node->kind == kNumber) checksum = FoldDouble(checksum, node->number);
    for (const char* p = node->start; p != node->end; ++p) {
      checksum = checksum * 31 + (uint8_t)*p;
    }
    if (node->first != NULL) checksum = Walk(node->first, checksum);
  }
  return checksum;
}

static void MakeText(void) {
  uint64_t state = 11;
  char* p = text;
  *p++ = '[';
  for (int i = 0; i < 1200; ++i) {
    const uint32_t random = (uint32_t)(NextRandom(&state) >> 40);
    p += sprintf(p,
                 "%s{\"id\": %d, \"name\": \"item \\\"%u\\\"\", \"on\": %s,\n"
                 "  \"price\": %u.%02u, \"tags\": [\"a%u\", null, -%u]}",
                 i ? ", " : "", i, random, random & 1 ? "true" : "false",
                 random >> 8, random % 100, random & 7, random % 1000);
  }
  strcpy(p, "]");
}

static uint64_t Run(uint32_t rounds) {
  MakeText();
  uint64_t checksum = 0;
  for (uint32_t round = 0; round < rounds; ++round) {
    node_count = 0;
    cursor = text;
    checksum = Walk(ParseValue(), checksum);
  }
  return Fold(checksum, node_count);
}

int main(int argc, char** argv) { return RunKernel(argc, argv, 3000, Run); }
