#include "output.h"

enum { CAPACITY = 1 << 17, LINE_ROOM = 1 << 15, TEXT_LIMIT = 2048 };

static char buffer[CAPACITY];
static size_t used, line_start;
static int64_t line_number;
static int needs_comma;
static char nonce[65];
static uint32_t crc_table[256];

void out_open(const char *value) {
  size_t n = 0;
  for (; value[n] && n < sizeof nonce - 1; n++) {
    char c = value[n];
    int plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    nonce[n] = plain ? c : '_';
  }
  nonce[n] = 0;
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    crc_table[i] = c;
  }
}

void out_flush(void) {
  size_t at = 0;
  while (at < used) {
    long n = write(1, buffer + at, used - at);
    if (n <= 0) _exit(9); /* nobody reads any more */
    at += (size_t)n;
  }
  used = 0;
}

static void put(const char *format, ...) {
  va_list args;
  size_t room = CAPACITY - used;
  va_start(args, format);
  int n = vsnprintf(buffer + used, room, format, args);
  va_end(args);
  if (n > 0) used += (size_t)n < room ? (size_t)n : room - 1;
}

static void put_text(const char *s) {
  put("\"");
  for (size_t n = 0; s && s[n] && n < TEXT_LIMIT; n++) {
    unsigned char c = (unsigned char)s[n];
    if (c == '"' || c == '\\') put("\\%c", c);
    else if (c < 32 || c == 127) put("\\u%04x", c);
    else put("%c", c);
  }
  put("\"");
}

static void member(const char *key) {
  if (needs_comma) put(",");
  needs_comma = 1;
  put_text(key);
  put(":");
}

void out_begin(const char *event) {
  if (used > CAPACITY - LINE_ROOM) out_flush();
  line_start = used;
  put("{\"p\":%d,\"n\":\"%s\",\"i\":%lld,\"ev\":\"%s\"", PROTOCOL, nonce, (long long)line_number++, event);
  needs_comma = 1;
}

void out_int(const char *key, int64_t value) {
  member(key);
  put("%lld", (long long)value);
}

void out_real(const char *key, double value) {
  member(key);
  if (value - value == 0) put("%.9g", value);
  else put("null");
}

void out_text(const char *key, const char *value) {
  member(key);
  put_text(value);
}

void out_ints_begin(const char *key) {
  member(key);
  put("[");
  needs_comma = 0;
}

void out_element(int64_t value) {
  put(needs_comma ? ",%lld" : "%lld", (long long)value);
  needs_comma = 1;
}

void out_ints_end(void) {
  put("]");
  needs_comma = 1;
}

void out_object_begin(const char *key) {
  member(key);
  put("{");
  needs_comma = 0;
}

void out_object_end(void) {
  put("}");
  needs_comma = 1;
}

void out_end(void) {
  uint32_t crc = 0xFFFFFFFFu;
  for (size_t i = line_start; i < used; i++) crc = crc_table[(crc ^ (unsigned char)buffer[i]) & 255] ^ (crc >> 8);
  put(",\"c\":\"%08x\"}\n", crc ^ 0xFFFFFFFFu);
}

static void leave(int code) __attribute__((noreturn));
static void leave(int code) {
  out_end();
  out_flush();
  _exit(code);
}

void leave_ok(void) {
  out_begin("end");
  out_text("status", "ok");
  leave(0);
}

void leave_counted(const char *status, int64_t count, const char *reason) {
  out_begin("end");
  out_text("status", status);
  out_int("count", count);
  out_text("reason", reason);
  leave(0);
}

void leave_error(const char *stage, const char *message) {
  out_begin("end");
  out_text("status", "error");
  out_text("stage", stage);
  out_text("message", message && message[0] ? message : "no reason given");
  leave(3);
}
