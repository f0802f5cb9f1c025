#include "system.h"
#include "output.h"

#ifdef __APPLE__
#include <sys/resource.h>
#endif

static int64_t clock_ns(int clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * SECOND_NS + t.tv_nsec;
}

int64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
int64_t process_cpu_ns(void) { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

/* The file's first size-1 bytes, ended by a zero; the number of bytes, or -1. */
static long slurp(const char *path, char *into, long size) {
  int fd = open(path, O_RDONLY);
  if (fd < 0) return -1;
  long n, k = 0;
  while (k < size - 1 && (n = read(fd, into + k, (size_t)(size - 1 - k))) > 0) k += n;
  close(fd);
  into[k] = 0;
  return k;
}

static int64_t status_kb(const char *status, const char *key) {
  const char *at = strstr(status, key);
  return at ? strtol(at + strlen(key), 0, 10) : -1;
}

struct memory memory_now(void) {
  struct memory m = {-1, -1, -1};
#ifdef __APPLE__
  struct rusage usage;
  if (!getrusage(RUSAGE_SELF, &usage)) m.rss_kb = m.peak_kb = usage.ru_maxrss / 1024; /* macOS counts bytes */
#else
  static char status[8192];
  if (slurp("/proc/self/status", status, sizeof status) <= 0) return m;
  m.rss_kb = status_kb(status, "VmRSS:");
  m.peak_kb = status_kb(status, "VmHWM:");
  m.anon_kb = status_kb(status, "RssAnon:");
#endif
  return m;
}

int bind_to_cpus(uint64_t mask) {
#ifdef __linux__
  return sched_setaffinity(0, sizeof mask, (const void *)&mask) ? errno : 0;
#else
  return mask ? 78 : 0; /* ENOSYS on macOS: there is no such call */
#endif
}

static int read_number(const char *path, int64_t *value) {
  char text[64];
  if (slurp(path, text, sizeof text) <= 0) return 0;
  *value = strtol(text, 0, 10);
  return 1;
}

static void put_frequencies(void) {
  char path[96];
  int64_t khz;
  out_ints_begin("cpuKhz");
  for (int i = 0; i < 64; i++) {
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cpufreq/scaling_cur_freq", i);
    if (!read_number(path, &khz)) break;
    out_element(khz);
  }
  out_ints_end();
}

static void put_temperatures(void) {
  char path[96], name[64];
  int64_t value;
  out_object_begin("tempMilliC");
  for (int i = 0; i < 128; i++) {
    snprintf(path, sizeof path, "/sys/class/thermal/thermal_zone%d/type", i);
    long n = slurp(path, name, sizeof name);
    if (n <= 0) break;
    if (name[n - 1] == '\n') name[n - 1] = 0;
    snprintf(path, sizeof path, "/sys/class/thermal/thermal_zone%d/temp", i);
    if (read_number(path, &value)) out_int(name, value); /* many phones deny some zones to the shell */
  }
  out_object_end();
}

void put_state(const char *phase, int64_t since_ns) {
  int64_t value;
  out_begin("state");
  out_text("phase", phase);
  out_int("atNs", now_ns() - since_ns);
  put_frequencies();
  put_temperatures();
  if (read_number("/sys/class/power_supply/battery/current_now", &value)) out_int("batteryMicroA", value);
  if (read_number("/sys/class/power_supply/battery/voltage_now", &value)) out_int("batteryMicroV", value);
  out_end();
}

const char *abi_name(void) {
#if defined(__aarch64__)
  return "arm64-v8a";
#elif defined(__x86_64__)
  return "x86_64";
#elif defined(__arm__)
  return "armeabi-v7a";
#else
  return "unknown";
#endif
}
