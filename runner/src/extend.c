#include "extend.h"
#include "output.h"
#include "tflite.h"

/* Field numbers of the tables, from tflite/converter/schema/schema.fbs. */
enum {
  MODEL_OPERATOR_CODES = 1,
  MODEL_SUBGRAPHS = 2,
  SUBGRAPH_TENSORS = 0,
  SUBGRAPH_INPUTS = 1,
  SUBGRAPH_OUTPUTS = 2,
  SUBGRAPH_OPERATORS = 3,
  TENSOR_TYPE = 1,
  TENSOR_IS_VARIABLE = 5,
  OPERATOR_CODE_INDEX = 0,
  OPERATOR_OUTPUTS = 2,
  CODE_DEPRECATED = 0,
  CODE_BUILTIN = 3,
};
enum { DEQUANTIZE = 6, DENSIFY = 124 };

struct buffer {
  uint8_t *at;
  size_t size;
};

static void check(const struct buffer *b, size_t pos, size_t n) {
  if (pos > b->size || n > b->size - pos) leave_error("model", "an offset points outside the file");
}

static uint32_t u32_at(const struct buffer *b, size_t pos) {
  uint32_t v;
  check(b, pos, 4);
  memcpy(&v, b->at + pos, 4);
  return v;
}

static uint32_t u16_at(const struct buffer *b, size_t pos) {
  uint16_t v;
  check(b, pos, 2);
  memcpy(&v, b->at + pos, 2);
  return v;
}

static size_t follow(const struct buffer *b, size_t pos) { return pos + u32_at(b, pos); }

/* Where a table's field is, 0 when it is left out. */
static size_t field(const struct buffer *b, size_t table, int number) {
  size_t vtable = table - (size_t)(int64_t)(int32_t)u32_at(b, table), slot = 4 + 2 * (size_t)number;
  if (slot + 2 > u16_at(b, vtable)) return 0;
  uint32_t offset = u16_at(b, vtable + slot);
  return offset ? table + offset : 0;
}

struct vector {
  size_t first;
  uint32_t count;
};

static struct vector vector_of(const struct buffer *b, size_t table, int number) {
  struct vector v = {0, 0};
  size_t at = field(b, table, number);
  if (!at) return v;
  size_t start = follow(b, at);
  v.count = u32_at(b, start);
  v.first = start + 4;
  check(b, v.first, (size_t)v.count * 4);
  return v;
}

static size_t table_in(const struct buffer *b, struct vector v, uint32_t i) {
  if (i >= v.count) leave_error("model", "an index is out of range");
  return follow(b, v.first + 4 * (size_t)i);
}

static int is_float(const struct buffer *b, struct vector tensors, int tensor) {
  if (tensor < 0 || (uint32_t)tensor >= tensors.count) return 0;
  size_t type = field(b, table_in(b, tensors, (uint32_t)tensor), TENSOR_TYPE);
  return !type || b->at[type] == 0; /* schema.fbs: FLOAT32 = 0 */
}

/* Constants stored in another type and unpacked by these have no range worth keeping, and delegates fold them away. */
static int unpacks_constant(const struct buffer *b, struct vector codes, size_t op) {
  size_t at = field(b, op, OPERATOR_CODE_INDEX);
  size_t code = table_in(b, codes, at ? u32_at(b, at) : 0);
  size_t old = field(b, code, CODE_DEPRECATED), now = field(b, code, CODE_BUILTIN);
  uint32_t kind = now ? u32_at(b, now) : 0;
  if (old && b->at[old] > kind) kind = b->at[old];
  return kind == DEQUANTIZE || kind == DENSIFY;
}

static struct buffer read_file(const char *path, size_t *room) {
  struct buffer b = {0, 0};
  size_t capacity = 0;
  int fd = open(path, O_RDONLY);
  if (fd < 0) leave_error("model", strerror(errno));
  for (;;) {
    if (b.size == capacity) {
      capacity = capacity ? capacity * 2 : 1 << 20;
      b.at = realloc(b.at, capacity);
      if (!b.at) leave_error("model", "out of memory");
    }
    long n = read(fd, b.at + b.size, capacity - b.size);
    if (n < 0) leave_error("model", strerror(errno));
    if (n == 0) break;
    b.size += (size_t)n;
  }
  close(fd);
  *room = capacity;
  return b;
}

static void add_once(struct extended *e, char *known, int tensor) {
  if (!known[tensor]) e->tensors[e->count++] = tensor;
  known[tensor] = 1;
}

struct extended extend_outputs(const char *path) {
  struct extended e = {0, 0, 0, 0};
  size_t room;
  struct buffer b = read_file(path, &room);
  size_t model = follow(&b, 0);
  struct vector subgraphs = vector_of(&b, model, MODEL_SUBGRAPHS), codes = vector_of(&b, model, MODEL_OPERATOR_CODES);
  if (subgraphs.count != 1) return e;
  size_t graph = table_in(&b, subgraphs, 0), outputs_field = field(&b, graph, SUBGRAPH_OUTPUTS);
  struct vector tensors = vector_of(&b, graph, SUBGRAPH_TENSORS), inputs = vector_of(&b, graph, SUBGRAPH_INPUTS);
  struct vector outputs = vector_of(&b, graph, SUBGRAPH_OUTPUTS), ops = vector_of(&b, graph, SUBGRAPH_OPERATORS);
  char *known = calloc(tensors.count + 1, 1);
  e.tensors = malloc((tensors.count + outputs.count + 1) * sizeof(int));
  if (!outputs_field || !known || !e.tensors) return e;

  /* The graph's own outputs stay first, in their order and with their repetitions; a signature counts on it. */
  int32_t *list = malloc((outputs.count + (size_t)tensors.count + 1) * sizeof *list);
  if (!list) return e;
  size_t listed = 0;
  for (uint32_t i = 0; i < outputs.count; i++) {
    list[listed] = (int32_t)u32_at(&b, outputs.first + 4 * (size_t)i);
    if (is_float(&b, tensors, list[listed])) add_once(&e, known, list[listed]);
    listed++;
  }
  for (uint32_t i = 0; i < ops.count; i++) {
    size_t op = table_in(&b, ops, i);
    struct vector made = vector_of(&b, op, OPERATOR_OUTPUTS);
    if (unpacks_constant(&b, codes, op)) continue;
    for (uint32_t k = 0; k < made.count; k++) {
      int tensor = (int)u32_at(&b, made.first + 4 * (size_t)k);
      if (!is_float(&b, tensors, tensor) || known[tensor]) continue;
      add_once(&e, known, tensor);
      list[listed++] = tensor;
    }
  }
  for (uint32_t i = 0; i < inputs.count; i++) {
    int tensor = (int)u32_at(&b, inputs.first + 4 * (size_t)i);
    if (is_float(&b, tensors, tensor)) add_once(&e, known, tensor);
  }

  /* What a fused kernel keeps from step to step (the cell of an LSTM). */
  for (uint32_t i = 0; i < tensors.count; i++) {
    size_t variable = field(&b, table_in(&b, tensors, i), TENSOR_IS_VARIABLE);
    if (variable && b.at[variable] && is_float(&b, tensors, (int)i)) add_once(&e, known, (int)i);
  }

  size_t at = (b.size + 7) & ~(size_t)7, bytes = (listed + 1) * 4;
  if (at + bytes > room) b.at = realloc(b.at, at + bytes);
  if (!b.at || at + bytes > 0x7fffffff) return e;
  memset(b.at + b.size, 0, at - b.size);
  uint32_t count = (uint32_t)listed, distance = (uint32_t)(at - outputs_field);
  memcpy(b.at + at, &count, 4);
  memcpy(b.at + at + 4, list, listed * 4);
  memcpy(b.at + outputs_field, &distance, 4);
  free(list);
  free(known);
  e.bytes = b.at;
  e.size = at + bytes;
  return e;
}
