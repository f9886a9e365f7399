/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls by purpose.  A role's list is made of these; what is not
 * in it kills the process, so each line here is a decision.  Nowhere: execve,
 * fork, ptrace, process_vm_*, mount, bpf, perf_event_open, keyctl, io_uring,
 * userfaultfd, setuid and its kin, executable memory.
 */
#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "os/confine.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

enum {
	EXACT = 0x7fffffff /* compare an int argument as a whole */
};

const struct confine_call confine_calls_base[] = {
    CALL("read"),
    CALL("write"),
    CALL("readv"),
    CALL("writev"),
    CALL("close"),
    CALL("lseek"),
    CALL("fstat"),
    CALL("dup"),
    CALL("fcntl"),
    CALL("poll"),
    CALL("ppoll"),
    CALL("select"),
    CALL("pselect6"),
    /* memory, never executable */
    CALL("brk"),
    CALL_IF("mmap", 2, PROT_EXEC, 0),
    CALL_IF("mprotect", 2, PROT_EXEC, 0),
    CALL("munmap"),
    CALL("mremap"),
    CALL("madvise"),
    CALL("mlock"),
    CALL("munlock"),
    /* time and chance */
    CALL("clock_gettime"),
    CALL("clock_getres"),
    CALL("clock_nanosleep"),
    CALL("nanosleep"),
    CALL("gettimeofday"),
    CALL("time"),
    CALL("getrandom"),
    /* who we are */
    CALL("getpid"),
    CALL("gettid"),
    CALL("getppid"),
    CALL("getuid"),
    CALL("geteuid"),
    CALL("getgid"),
    CALL("getegid"),
    CALL("uname"),
    CALL("sysinfo"),
    CALL("getrusage"),
    CALL_IF("prlimit64", 2, UINT64_MAX, 0), /* read only */
    CALL_IF("prctl", 0, EXACT, PR_SET_NAME),
    CALL_IF("prctl", 0, EXACT, PR_SET_VMA), /* glibc names its arenas */
    /* threads and signals that exist; kill and tgkill only to ourselves,
     * which confine_apply() adds */
    CALL("futex"),
    CALL("sched_yield"),
    CALL("sched_getaffinity"),
    CALL("getcpu"),
    CALL("membarrier"),
    CALL("set_robust_list"),
    CALL("rseq"),
    CALL("rt_sigaction"),
    CALL("rt_sigprocmask"),
    CALL("rt_sigreturn"),
    CALL("rt_sigtimedwait"),
    CALL("sigaltstack"),
    CALL("restart_syscall"),
    CALL("exit"),
    CALL("exit_group"),
    {0},
};

const struct confine_call confine_calls_files[] = {
    CALL("open"),
    CALL("openat"),
    CALL("stat"),
    CALL("lstat"),
    CALL("newfstatat"),
    CALL("statx"),
    CALL("statfs"),
    CALL("fstatfs"),
    CALL("access"),
    CALL("faccessat"),
    CALL("faccessat2"),
    CALL("readlink"),
    CALL("readlinkat"),
    CALL("getcwd"),
    CALL("getdents64"),
    CALL("pread64"),
    CALL("pwrite64"),
    CALL("fsync"),
    CALL("fdatasync"),
    CALL("ftruncate"),
    CALL("fallocate"),
    CALL("fadvise64"),
    CALL("flock"),
    CALL("fchmod"),
    CALL("chmod"),
    CALL("fchmodat"),
    CALL("umask"),
    CALL("rename"),
    CALL("renameat"),
    CALL("renameat2"),
    CALL("link"),
    CALL("linkat"),
    CALL("unlink"),
    CALL("unlinkat"),
    CALL("mkdir"),
    CALL("mkdirat"),
    CALL("rmdir"),
    {0},
};

const struct confine_call confine_calls_messages[] = {
    CALL("recvmsg"),
    CALL("sendmsg"),
    CALL("recvfrom"),
    CALL("sendto"),
    CALL("getsockopt"),
    CALL("shutdown"),
    CALL("memfd_create"),
    CALL("ftruncate"),
    {0},
};

const struct confine_call confine_calls_network[] = {
    CALL_IF("socket", 0, EXACT, AF_INET),
    CALL_IF("socket", 0, EXACT, AF_INET6),
    CALL_IF("socket", 0, EXACT, AF_NETLINK), /* getaddrinfo: interfaces */
    CALL_IF("socketpair", 0, EXACT, AF_UNIX),
    CALL("connect"),
    CALL("bind"),
    CALL("getsockname"),
    CALL("getpeername"),
    CALL("setsockopt"),
    CALL("sendmmsg"),
    CALL("recvmmsg"),
    CALL("ioctl"),
    CALL("eventfd2"),
    CALL("pipe2"),
    {0},
};

const struct confine_call confine_calls_connect_local[] = {
    CALL_IF("socket", 0, EXACT, AF_UNIX),
    CALL("connect"),
    {0},
};

const struct confine_call confine_calls_connect_tcp[] = {
    CALL_IF("socket", 0, EXACT, AF_INET),
    CALL_IF("socket", 0, EXACT, AF_INET6),
    CALL("connect"),
    {0},
};

const struct confine_call confine_calls_server[] = {
    CALL_IF("socketpair", 0, EXACT, AF_UNIX), /* to wake own threads */
    CALL("accept"),
    CALL("accept4"),
    CALL("getsockname"),
    CALL("getpeername"),
    CALL("setsockopt"),
    CALL("epoll_create1"),
    CALL("epoll_ctl"),
    CALL("epoll_wait"),
    CALL("epoll_pwait"),
    CALL("epoll_pwait2"),
    CALL("eventfd2"),
    CALL("pipe2"),
    CALL("sendfile"),
    CALL("sendmmsg"),
    {0},
};

const struct confine_call confine_calls_accept[] = {
    CALL("accept"),
    CALL("accept4"),
    {0},
};
