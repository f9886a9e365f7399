/* SPDX-License-Identifier: Apache-2.0 */
#include "os/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <seccomp.h>

#include "os/file.h"
#include "os/seam.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#elif __has_feature(thread_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* --- Landlock ----------------------------------------------------------- */

/*
 * The kernel's interface grows; the headers of this distribution may be older
 * than its kernel.  Values from the kernel's documentation, by version.
 */
enum {
	FS_TRUNCATE_BIT = 14, /* 3 */
	FS_IOCTL_DEV_BIT = 15 /* 5 */
};
#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE                                                               \
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |       \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |     \
	    LANDLOCK_ACCESS_FS_MAKE_REG | (1ULL << FS_TRUNCATE_BIT))
#define NET_BIND       (1ULL << 0) /* 4 */
#define NET_CONNECT    (1ULL << 1)
#define SCOPE_ABSTRACT (1ULL << 0) /* 6 */
#define SCOPE_SIGNAL   (1ULL << 1)

enum {
	RULE_NET_PORT = 2 /* 4 */
};

struct port_rule {
	uint64_t allowed;
	uint64_t port;
};

struct ruleset {
	uint64_t fs;
	uint64_t net;    /* 4 */
	uint64_t scoped; /* 6 */
};

int
confine_landlock_version(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return v > 0 ? (int)v : 0;
}

/* What this kernel can forbid, all of it, less what the role may do. */
static struct ruleset
handled(const struct confine *c, int version, size_t *out_size)
{
	struct ruleset r = {.fs = (1ULL << 13) - 1};

	*out_size = sizeof(r.fs);
	if (version >= 2) {
		r.fs |= LANDLOCK_ACCESS_FS_REFER;
	}
	if (version >= 3) {
		r.fs |= 1ULL << FS_TRUNCATE_BIT;
	}
	if (version >= 4) {
		*out_size = sizeof(r.fs) + sizeof(r.net);
		r.net = (c->tcp_bind ? 0 : NET_BIND) |
			(c->tcp_connect ? 0 : NET_CONNECT);
	}
	if (version >= 5) {
		r.fs |= 1ULL << FS_IOCTL_DEV_BIT;
	}
	if (version >= 6) {
		*out_size = sizeof(r);
		r.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
	}
	return r;
}

static enum err
allow_path(int ruleset, const struct confine_path *p, uint64_t known,
    struct errinfo *ei)
{
	struct landlock_path_beneath_attr rule = {0};
	struct stat st;
	enum err err = ERR_OK;
	int fd;

	fd = open(p->path, O_PATH | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		return ERR_OK;
	}
	if (fd < 0 || fstat(fd, &st) != 0) {
		err = err_sys(ei, "confine.path", "A path cannot be opened");
		fd_close(fd);
		return err_object(ei, err, p->path);
	}
	rule.parent_fd = fd;
	rule.allowed_access =
	    ((p->access & CONFINE_READ) ? FS_READ : 0) |
	    ((p->access & CONFINE_WRITE) ? FS_WRITE : 0) |
	    ((p->access & CONFINE_EXEC) ? LANDLOCK_ACCESS_FS_EXECUTE : 0);
	rule.allowed_access &= known;
	if (!S_ISDIR(st.st_mode)) {
		rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE |
				       LANDLOCK_ACCESS_FS_WRITE_FILE |
				       LANDLOCK_ACCESS_FS_EXECUTE |
				       (1ULL << FS_TRUNCATE_BIT);
	}
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0) != 0) {
		err = err_sys(ei, "confine.path", "A path cannot be allowed");
		err = err_object(ei, err, p->path);
	}
	fd_close(fd);
	return err;
}

/* A kernel before version 4 cannot tell ports apart, and lets all pass. */
static enum err
allow_port(int ruleset, uint16_t port, uint64_t known, struct errinfo *ei)
{
	const struct port_rule rule = {NET_CONNECT, port};

	if (port == 0 || (known & NET_CONNECT) == 0) {
		return ERR_OK;
	}
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) !=
	    0) {
		return err_sys(ei, "confine.port", "A port cannot be allowed");
	}
	return ERR_OK;
}

static enum err
landlock(const struct confine *c, struct errinfo *ei)
{
	int version = confine_landlock_version();
	enum err err = ERR_OK;
	struct ruleset r;
	size_t size;
	int fd;

	if (version == 0) {
		return c->insecure_no_landlock
			   ? ERR_OK
			   : err_set(ei, ERR_UNSUPPORTED, "confine.landlock",
				 NULL,
				 "This kernel has no Landlock, so %s could "
				 "reach files that are not its own.  Boot with "
				 "lsm=landlock or set insecure_no_landlock.",
				 c->role);
	}
	r = handled(c, version, &size);
	fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (fd < 0) {
		return err_sys(ei, "confine.landlock", "Landlock refused");
	}
	for (size_t i = 0; i < c->num_paths && err == ERR_OK; i++) {
		err = allow_path(fd, &c->paths[i], r.fs, ei);
	}
	if (err == ERR_OK) {
		err = allow_port(fd, c->tcp_connect_port, r.net, ei);
	}
	if (err == ERR_OK && syscall(SYS_landlock_restrict_self, fd, 0) != 0) {
		err = err_sys(ei, "confine.landlock", "Landlock refused");
	}
	fd_close(fd);
	return err;
}

/* --- seccomp ------------------------------------------------------------ */

static enum err
seccomp_failed(int result, const char *name, struct errinfo *ei)
{
	errno = -result;
	return err_object(ei,
	    err_sys(ei, "confine.seccomp", "A system call cannot be allowed"),
	    name);
}

static enum err
allow_call(
    scmp_filter_ctx ctx, const struct confine_call *call, struct errinfo *ei)
{
	int nr = seccomp_syscall_resolve_name(call->name);
	struct scmp_arg_cmp only;
	int result;

	/* Below zero: another architecture's, or newer than the library. */
	if (nr < 0) {
		return ERR_OK;
	}
	if (call->mask == 0) {
		result =
		    seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, 0, NULL);
	} else {
		only = (struct scmp_arg_cmp){.arg = call->arg,
		    .op = SCMP_CMP_MASKED_EQ,
		    .datum_a = call->mask,
		    .datum_b = call->value};
		result =
		    seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, 1, &only);
	}
	/* -EEXIST: two lists of the role name it. */
	return result == 0 || result == -EEXIST
		   ? ERR_OK
		   : seccomp_failed(result, call->name, ei);
}

const char *
confine_check_call(const char *name)
{
	static const char *const never[] = {"execve", "execveat", "fork",
	    "vfork", "clone", "clone3", "ptrace", "process_vm_readv",
	    "process_vm_writev", "process_madvise", "pidfd_getfd", "pidfd_open",
	    "pidfd_send_signal", "mount", "umount2", "move_mount", "open_tree",
	    "fsmount", "pivot_root", "chroot", "unshare", "setns", "bpf",
	    "perf_event_open", "keyctl", "add_key", "request_key",
	    "io_uring_setup", "io_uring_enter", "io_uring_register",
	    "userfaultfd", "setuid", "setgid", "setreuid", "setregid",
	    "setresuid", "setresgid", "setfsuid", "setfsgid", "setgroups",
	    "capset", "mmap", "mprotect", "pkey_mprotect", "remap_file_pages",
	    "prctl", "arch_prctl", "seccomp", "personality", "modify_ldt",
	    "iopl", "ioperm", "init_module", "finit_module", "delete_module",
	    "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
	    "socket", "socketpair", "connect", "bind", "listen", "kill",
	    "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
	    "prlimit64", "setrlimit", "open_by_handle_at", "quotactl", "acct",
	    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex"};

	if (seccomp_syscall_resolve_name(name) == __NR_SCMP_ERROR) {
		return "is no system call";
	}
	for (size_t i = 0; i < ARRAY_LEN(never); i++) {
		if (strcmp(never[i], name) == 0) {
			return "is a system call that no role is ever given";
		}
	}
	return NULL;
}

/* What cannot stand in a const table. */
static enum err
allow_dynamic(scmp_filter_ctx ctx, const struct confine *c, struct errinfo *ei)
{
	const uint64_t self = (uint64_t)getpid();
	const struct confine_call own[] = {
	    CALL_IF("kill", 0, UINT64_MAX, self),
	    CALL_IF("tgkill", 0, UINT64_MAX, self),
	};
	const struct confine_call thread =
	    CALL_IF("clone", 0, CLONE_THREAD, CLONE_THREAD);
	enum err err = ERR_OK;
	int result;

	for (size_t i = 0; i < ARRAY_LEN(own) && err == ERR_OK; i++) {
		err = allow_call(ctx, &own[i], ei);
	}
	if (err == ERR_OK && c->threads) {
		err = allow_call(ctx, &thread, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	/* Its flags are in memory, where a filter cannot look; libc falls back
	 * to clone. */
	result =
	    seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	return result == 0 ? ERR_OK : seccomp_failed(result, "clone3", ei);
}

static enum err
fill(scmp_filter_ctx ctx, const struct confine *c, struct errinfo *ei)
{
	const struct confine_call *call;
	enum err err;

	for (size_t i = 0; c->calls[i] != NULL; i++) {
		for (call = c->calls[i]; call->name != NULL; call++) {
			err = allow_call(ctx, call, ei);
			if (err != ERR_OK) {
				return err;
			}
		}
	}
	return allow_dynamic(ctx, c, ei);
}

static enum err
seccomp(const struct confine *c, struct errinfo *ei)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	enum err err;
	int result;

	if (ctx == NULL) {
		return err_nomem(ei);
	}
	result = seccomp_attr_set(
	    ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (result == 0) {
		result = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	}
	err = result == 0 ? fill(ctx, c, ei)
			  : seccomp_failed(result, c->role, ei);
	if (err == ERR_OK) {
		result = seccomp_load(ctx);
		if (result != 0) {
			err = seccomp_failed(result, c->role, ei);
		}
	}
	seccomp_release(ctx);
	return err;
}

enum err
confine_apply(const struct confine *c, struct errinfo *ei)
{
	enum err err;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		return err_sys(ei, "confine.privileges",
		    "New privileges cannot be given up");
	}
	if (!seam_wall_off("landlock")) {
		err = landlock(c, ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	/* A sanitizer's runtime makes calls of its own; the roles are tested
	 * confined in the builds without one. */
	if (!SANITIZED && !seam_wall_off("seccomp")) {
		return seccomp(c, ei);
	}
	return ERR_OK;
}
