/* A tensor stream: records one after the other, little-endian, every part padded to 8 bytes.
     u32 magic "EBT1" | u32 bytes of the name | u32 TfLiteType | u32 rank | u64 bytes of the data
     i32 dims[rank] | name (UTF-8) | data
   One sample of a model is one record for each of its inputs (or outputs), in any order, told apart by name. */
#ifndef EDGEBENCH_STREAM_H
#define EDGEBENCH_STREAM_H
#include "session.h"

/* Opens a stream to read ("-": standard input) or to write; leaves with stage "input" or "output". */
int stream_open_read(const char *path);
int stream_open_write(const char *path);
/* Reads one sample and puts it into the inputs, resizing and allocating them where the shape differs. 0 at the end of the stream. */
int stream_read_inputs(int fd, const struct session *);
/* Appends one record for each output. */
void stream_write_outputs(int fd, const struct session *);
/* Fills the inputs with values that depend on their index only, the same on every machine. */
void fill_inputs(const struct session *);
#endif
