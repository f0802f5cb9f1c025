/* JSON lines on standard output. Every line carries the protocol number, the caller's nonce, its own number and a CRC-32
   of itself, so that a reader can tell our lines from whatever else a library or a shell prints between them. */
#ifndef EDGEBENCH_OUTPUT_H
#define EDGEBENCH_OUTPUT_H
#include "libc.h"

#define PROTOCOL 1

void out_open(const char *nonce);
/* One line: begin with the event's name, add members, end. Lines are buffered until out_flush or until memory is short. */
void out_begin(const char *event);
void out_int(const char *key, int64_t value);
void out_real(const char *key, double value); /* not finite: null */
void out_text(const char *key, const char *value);
void out_ints_begin(const char *key);
void out_element(int64_t value);
void out_ints_end(void);
void out_object_begin(const char *key);
void out_object_end(void);
void out_end(void);
void out_flush(void);
/* The last line ("end"), then leaves the process at once, without the destructors of other people's libraries. */
void leave_ok(void) __attribute__((noreturn));
void leave_error(const char *stage, const char *message) __attribute__((noreturn));
void leave_counted(const char *status, int64_t count, const char *reason) __attribute__((noreturn));
#endif
