// SPDX-License-Identifier: GPL-2.0
/*
 * libmytcp-preload.so: an unmodified program's IPv4 stream sockets become
 * mytcp's. mytcp_run(1) puts it in LD_PRELOAD.
 *
 * Only two calls need help: socket(), whose first argument chooses the
 * stack, and getsockopt(), which would tell the program what was chosen.
 * Addresses are AF_INET on both stacks, so every other call passes unseen.
 *
 * The library keeps no table of descriptors: dup(), fork(), exec() and
 * SCM_RIGHTS would all make it wrong. Whether a descriptor is mytcp's is
 * asked of the kernel, with SO_DOMAIN.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "mytcp.h"

#define EXPORT __attribute__((visibility("default")))

typedef int socket_fn(int domain, int type, int protocol);
typedef int getsockopt_fn(int fd, int level, int name, void *val,
			  socklen_t *len);

static socket_fn *next_socket;
static getsockopt_fn *next_getsockopt;

/* What mytcp_run found in the kernel and was asked for. */
static int family = AF_MYTCP;
static int protocol;

static int env_number(const char *name, int fallback)
{
	const char *text = getenv(name);
	char *end;
	long n;

	if (!text || !*text)
		return fallback;
	n = strtol(text, &end, 10);
	return *end || n < 0 || n > 255 ? fallback : (int)n;
}

/*
 * socket() is async-signal-safe and dlsym() is not, so look up early. The
 * constructor of another preloaded library may run before ours and open a
 * socket: then the first call looks up.
 */
static __attribute__((constructor)) void lookup(void)
{
	if (next_getsockopt)
		return;
	family = env_number("MYTCP_RUN_FAMILY", AF_MYTCP);
	protocol = env_number("MYTCP_RUN_PROTOCOL", 0);
	next_socket = (socket_fn *)dlsym(RTLD_NEXT, "socket");
	next_getsockopt = (getsockopt_fn *)dlsym(RTLD_NEXT, "getsockopt");
}

static bool is_mytcp(int fd)
{
	int saved = errno;
	int domain = -1;
	socklen_t len = sizeof(domain);
	bool ours;

	ours = !next_getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) &&
	       domain == family;
	errno = saved;
	return ours;
}

EXPORT int socket(int domain, int type, int proto)
{
	int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);

	lookup();
	if (domain == AF_INET && kind == SOCK_STREAM &&
	    (proto == 0 || proto == IPPROTO_TCP))
		return next_socket(family, type, protocol);

	return next_socket(domain, type, proto);
}

EXPORT int getsockopt(int fd, int level, int name, void *val, socklen_t *len)
{
	int shown;
	int err;

	lookup();
	err = next_getsockopt(fd, level, name, val, len);
	if (err || level != SOL_SOCKET)
		return err;

	if (name == SO_DOMAIN)
		shown = AF_INET;
	else if (name == SO_PROTOCOL)
		shown = IPPROTO_TCP;
	else
		return 0;

	/* The kernel shortens the value to the program's buffer, so do we. */
	if (is_mytcp(fd))
		memcpy(val, &shown, *len < sizeof(shown) ? *len : sizeof(shown));
	return 0;
}
