/* The start of an Android executable when no NDK is at hand: hands the kernel's stack to bionic's __libc_init, which sets
   up the C library and calls main. The program has no constructors or destructors, so the lists of them are empty. */
extern int main(int, char **, char **);
extern void __libc_init(void *raw_args, void (*on_exit)(void), int (*run)(int, char **, char **),
                        const void *structors) __attribute__((noreturn));

__attribute__((used, noreturn)) static void begin(void *raw_args) {
  static const void *const none[8];
  __libc_init(raw_args, 0, main, none);
}

#if defined(__aarch64__)
__asm__(".text\n"
        ".globl _start\n"
        ".type _start,%function\n"
        "_start:\n"
        "  hint #36\n" /* bti j, where branch targets are checked */
        "  mov x29, #0\n"
        "  mov x30, #0\n"
        "  mov x0, sp\n"
        "  b begin\n");
#elif defined(__arm__)
__asm__(".text\n"
        ".syntax unified\n"
        ".arm\n"
        ".globl _start\n"
        ".type _start,%function\n"
        "_start:\n"
        "  mov fp, #0\n"
        "  mov lr, #0\n"
        "  mov r0, sp\n"
        "  bic sp, sp, #7\n"
        "  bl begin\n");
/* What the compiler's own library of 64-bit divisions names, and nothing here ever calls: there are no exceptions. */
void __aeabi_unwind_cpp_pr0(void);
void __aeabi_unwind_cpp_pr0(void) {}
#elif defined(__x86_64__)
__asm__(".text\n"
        ".globl _start\n"
        ".type _start,@function\n"
        "_start:\n"
        "  xorl %ebp, %ebp\n"
        "  movq %rsp, %rdi\n"
        "  andq $~15, %rsp\n"
        "  call begin\n");
#endif
