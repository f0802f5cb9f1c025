/* The runner's modes. Each ends the process with an "end" line. */
#ifndef EDGEBENCH_MODES_H
#define EDGEBENCH_MODES_H
#include "options.h"

/* One launch: initialisation, first inference, warm-up, samples. */
void mode_bench(const struct options *) __attribute__((noreturn));
/* Resident memory by phase; in a launch of its own, because reading it disturbs the timing. */
void mode_memory(const struct options *) __attribute__((noreturn));
/* Time by operator, and how many operators the delegate took; in a launch of its own. */
void mode_profile(const struct options *) __attribute__((noreturn));
/* Every sample of the input stream through the model; the outputs to the output stream. */
void mode_run(const struct options *) __attribute__((noreturn));
/* Every sample of the input stream through a float model; keeps the range of each float tensor. */
void mode_calibrate(const struct options *) __attribute__((noreturn));
#endif
