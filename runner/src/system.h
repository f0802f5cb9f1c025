/* What the operating system says: clocks, memory, frequencies, temperatures. Everything that cannot be read is left out. */
#ifndef EDGEBENCH_SYSTEM_H
#define EDGEBENCH_SYSTEM_H
#include "libc.h"

#define SECOND_NS 1000000000LL

int64_t now_ns(void);         /* monotonic */
int64_t process_cpu_ns(void); /* CPU time of the whole process */
/* Resident memory of this process in KiB: now, its highest so far, and how much of it is anonymous; -1 when not known. */
struct memory {
  int64_t rss_kb, peak_kb, anon_kb;
};
struct memory memory_now(void);
/* Bind this process to the cores of a bit mask; 0 or an errno. */
int bind_to_cpus(uint64_t mask);
/* Writes one "state" line: core frequencies in kHz, temperatures in thousandths of a degree, battery current and voltage. */
void put_state(const char *phase, int64_t since_ns);
const char *abi_name(void);
#endif
