#include "stream.h"
#include "output.h"

enum { MAGIC = 0x31544245, MAX_RANK = 16, MAX_NAME = 1024, MAX_INPUTS = 256 };

struct head {
  uint32_t magic, name_bytes, type, rank;
  uint64_t data_bytes;
};

struct record {
  struct head head;
  int dims[MAX_RANK];
  char name[MAX_NAME + 8];
  void *data;
  uint64_t capacity;
};

static struct record records[MAX_INPUTS];

static size_t padded(size_t n) { return (n + 7) & ~(size_t)7; }

int stream_open_read(const char *path) {
  if (!strcmp(path, "-")) return 0;
  int fd = open(path, O_RDONLY);
  if (fd < 0) leave_error("input", strerror(errno));
  return fd;
}

int stream_open_write(const char *path) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (fd < 0) leave_error("output", strerror(errno));
  return fd;
}

/* Reads exactly n bytes; 0 when the stream ended before the first one. */
static int read_all(int fd, void *into, size_t n) {
  size_t k = 0;
  while (k < n) {
    long got = read(fd, (char *)into + k, n - k);
    if (got < 0) leave_error("input", strerror(errno));
    if (got == 0) break;
    k += (size_t)got;
  }
  if (k && k < n) leave_error("input", "the tensor stream ends in the middle of a record");
  return k == n;
}

static void read_part(int fd, void *into, size_t n) {
  if (n && !read_all(fd, into, n)) leave_error("input", "the tensor stream ends in the middle of a record");
}

static int read_record(int fd, struct record *r) {
  if (!read_all(fd, &r->head, sizeof r->head)) return 0;
  const struct head *h = &r->head;
  if (h->magic != MAGIC || h->rank > MAX_RANK || h->name_bytes > MAX_NAME || h->data_bytes > (uint64_t)1 << 32)
    leave_error("input", "not a tensor stream");
  int dims[MAX_RANK + 2];
  read_part(fd, dims, padded(h->rank * sizeof(int)));
  memcpy(r->dims, dims, sizeof r->dims);
  read_part(fd, r->name, padded(h->name_bytes));
  r->name[h->name_bytes] = 0;
  size_t bytes = padded((size_t)h->data_bytes);
  if (bytes > r->capacity) {
    free(r->data);
    r->data = malloc(bytes);
    r->capacity = r->data ? bytes : 0;
    if (!r->data) leave_error("input", "out of memory");
  }
  read_part(fd, r->data, bytes);
  return 1;
}

static int input_named(const struct session *s, const char *name) {
  for (int i = 0; i < s->input_count; i++)
    if (!strcmp(session_input_name(s, i), name)) return i;
  char message[MAX_NAME + 64];
  snprintf(message, sizeof message, "the model has no input named %s", name);
  leave_error("input", message);
}

static int same_shape(const void *tensor, const struct record *r) {
  if (tfl.TensorNumDims(tensor) != (int32_t)r->head.rank) return 0;
  for (uint32_t d = 0; d < r->head.rank; d++)
    if (tfl.TensorDim(tensor, (int32_t)d) != r->dims[d]) return 0;
  return 1;
}

static void fill_from(void *tensor, const struct record *r) {
  char message[MAX_NAME + 128];
  if ((uint32_t)tfl.TensorType(tensor) != r->head.type) {
    snprintf(message, sizeof message, "input %s has element type %d, type %u was given", r->name,
             tfl.TensorType(tensor), r->head.type);
    leave_error("input", message);
  }
  if (tfl.TensorByteSize(tensor) != r->head.data_bytes) {
    snprintf(message, sizeof message, "input %s takes %llu bytes, %llu were given", r->name,
             (unsigned long long)tfl.TensorByteSize(tensor), (unsigned long long)r->head.data_bytes);
    leave_error("input", message);
  }
  if (r->head.data_bytes) memcpy(tfl.TensorData(tensor), r->data, (size_t)r->head.data_bytes);
}

int stream_read_inputs(int fd, const struct session *s) {
  static int index[MAX_INPUTS];
  static char seen[MAX_INPUTS];
  int resized = 0;
  if (s->input_count > MAX_INPUTS) leave_error("input", "too many inputs");
  memset(seen, 0, sizeof seen);
  for (int k = 0; k < s->input_count; k++) {
    struct record *r = &records[k];
    if (!read_record(fd, r)) {
      if (k) leave_error("input", "the tensor stream ends in the middle of a sample");
      return 0;
    }
    int i = index[k] = input_named(s, r->name);
    if (seen[i]++) leave_error("input", "an input occurs twice in one sample");
    if (!same_shape(session_input(s, i), r)) {
      if (session_resize(s, i, r->dims, (int)r->head.rank)) leave_error("resize", session_error());
      resized = 1;
    }
  }
  if (resized && session_allocate(s)) leave_error("resize", session_error());
  for (int k = 0; k < s->input_count; k++) fill_from(session_input(s, index[k]), &records[k]);
  return 1;
}

static void write_part(int fd, const void *from, size_t n) {
  size_t k = 0;
  while (k < n) {
    long put = write(fd, (const char *)from + k, n - k);
    if (put <= 0) leave_error("output", strerror(errno));
    k += (size_t)put;
  }
}

static void write_padding(int fd, size_t n) {
  static const char zeros[8];
  write_part(fd, zeros, padded(n) - n);
}

void stream_write_outputs(int fd, const struct session *s) {
  for (int i = 0; i < s->output_count; i++) {
    const void *t = session_output(s, i);
    const char *name = session_output_name(s, i);
    int dims[MAX_RANK];
    struct head h = {MAGIC, (uint32_t)strlen(name), (uint32_t)tfl.TensorType(t), (uint32_t)tfl.TensorNumDims(t),
                     tfl.TensorByteSize(t)};
    if (h.rank > MAX_RANK) leave_error("output", "an output has too many dimensions");
    if (h.name_bytes > MAX_NAME) h.name_bytes = MAX_NAME;
    for (uint32_t d = 0; d < h.rank; d++) dims[d] = tfl.TensorDim(t, (int32_t)d);
    write_part(fd, &h, sizeof h);
    write_part(fd, dims, h.rank * sizeof(int));
    write_padding(fd, h.rank * sizeof(int));
    write_part(fd, name, h.name_bytes);
    write_padding(fd, h.name_bytes);
    write_part(fd, tfl.TensorData(t), (size_t)h.data_bytes);
    write_padding(fd, (size_t)h.data_bytes);
  }
}

static uint32_t next_random(uint32_t *x) { /* xorshift32 */
  *x ^= *x << 13;
  *x ^= *x >> 17;
  *x ^= *x << 5;
  return *x;
}

void fill_inputs(const struct session *s) {
  for (int i = 0; i < s->input_count; i++) {
    void *t = session_input(s, i), *data = tfl.TensorData(t);
    size_t bytes = tfl.TensorByteSize(t);
    int type = tfl.TensorType(t);
    uint32_t x = 2463534242u + (uint32_t)i * 2654435761u;
    if (!data || !bytes) continue;
    if (type == TYPE_FLOAT32)
      for (size_t k = 0; k < bytes / 4; k++) ((float *)data)[k] = (float)(next_random(&x) >> 8) / 16777216.0f;
    else if (type == TYPE_UINT8 || type == TYPE_INT8)
      for (size_t k = 0; k < bytes; k++) ((uint8_t *)data)[k] = (uint8_t)(next_random(&x) >> 24);
    else memset(data, 0, bytes); /* indices, lengths, flags: zero is in range */
  }
}
