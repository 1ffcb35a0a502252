// SPDX-License-Identifier: GPL-2.0
/*
 * mytcp_run: run a program on mytcp instead of the kernel's TCP.
 *
 * Makes sure that mytcp is there, puts libmytcp-preload.so in LD_PRELOAD
 * and becomes the program, whose exit status is therefore ours.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mytcp.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define PRELOAD "libmytcp-preload.so"
#define FAMILY_FILE "/sys/kernel/mytcp/family"

/* As env(1), nice(1) and the shell have them. */
enum {
	EXIT_NOT_EXECUTABLE = 126,
	EXIT_NOT_FOUND = 127,
};

static void usage(FILE *to)
{
	fputs("Usage: mytcp_run [-p PROTOCOL] COMMAND [ARGUMENT]...\n"
	      "Run COMMAND with mytcp under its IPv4 stream sockets.\n"
	      "\n"
	      "  -p PROTOCOL  what goes over the wire: 6, ordinary TCP packets (default),\n"
	      "               or 253, the same segments under a private protocol number\n"
	      "  -h           show this text\n"
	      "\n"
	      "Exit status: COMMAND's own; 126 when it cannot be run, 127 when it is not\n"
	      "found; 1 when mytcp is not loaded or the options are wrong.\n", to);
}

static int parse_protocol(const char *text)
{
	if (!strcmp(text, "6"))
		return 0;
	if (!strcmp(text, "253"))
		return MYTCP_PROTO_EXPERIMENTAL;

	fprintf(stderr, "mytcp_run: -p %s: must be 6 or 253\n", text);
	exit(EXIT_FAILURE);
}

/* The family= parameter of the module may have moved it out of its slot. */
static int loaded_family(void)
{
	FILE *f = fopen(FAMILY_FILE, "re");
	int family = AF_MYTCP;

	if (!f)
		return family;
	if (fscanf(f, "%d", &family) != 1)
		family = AF_MYTCP;
	fclose(f);
	return family;
}

/*
 * The attempt also loads the module where it is installed, by its alias
 * net-pf-19. Returns the family to use; does not return without one.
 */
static int require_mytcp(int protocol)
{
	int family = loaded_family();
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, protocol);

	if (fd >= 0) {
		close(fd);
		return family;
	}

	if (errno == EAFNOSUPPORT)
		fputs("mytcp_run: the mytcp module is not loaded (insmod mytcp.ko)\n",
		      stderr);
	else
		fprintf(stderr, "mytcp_run: cannot open a mytcp socket: %s\n",
			strerror(errno));
	exit(EXIT_FAILURE);
}

/*
 * Beside this program, as in a build tree, or in ../lib/mytcp, as installed:
 * relative to where it is, so that a tree can be moved.
 */
static char *find_preload(void)
{
	static const char *const places[] = { "", "../lib/mytcp/" };
	char self[PATH_MAX];
	char *path;
	ssize_t n;
	size_t i;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n < 0)
		return NULL;
	self[n] = '\0';
	*strrchr(self, '/') = '\0';

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (asprintf(&path, "%s/%s" PRELOAD, self, places[i]) < 0)
			return NULL;
		if (!access(path, R_OK))
			return path;
		free(path);
	}
	return NULL;
}

static char *require_preload(void)
{
	char *path = find_preload();

	if (!path) {
		fputs("mytcp_run: cannot find " PRELOAD " beside mytcp_run or in ../lib/mytcp\n",
		      stderr);
		exit(EXIT_FAILURE);
	}

	/* ld.so(8) splits LD_PRELOAD at both and knows no quoting. */
	if (strpbrk(path, " :")) {
		fprintf(stderr,
			"mytcp_run: %s: LD_PRELOAD cannot hold a path with a space or a colon\n",
			path);
		exit(EXIT_FAILURE);
	}
	return path;
}

static void set_number(const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	if (setenv(name, text, 1)) {
		perror("mytcp_run: setenv");
		exit(EXIT_FAILURE);
	}
}

/* Ours stands first; a library that the user preloads stays behind it. */
static void set_preload(const char *path)
{
	const char *old = getenv("LD_PRELOAD");
	char *all;

	if (asprintf(&all, "%s%s%s", path, old && *old ? ":" : "",
		     old ? old : "") < 0 || setenv("LD_PRELOAD", all, 1)) {
		perror("mytcp_run: setenv");
		exit(EXIT_FAILURE);
	}
	free(all);
}

int main(int argc, char **argv)
{
	int protocol = 0;
	int opt;

	/* '+': the options after COMMAND are COMMAND's. */
	while ((opt = getopt(argc, argv, "+hp:")) != -1) {
		switch (opt) {
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		case 'p':
			protocol = parse_protocol(optarg);
			break;
		default:
			usage(stderr);
			return EXIT_FAILURE;
		}
	}
	if (optind == argc) {
		usage(stderr);
		return EXIT_FAILURE;
	}

	set_number("MYTCP_RUN_FAMILY", require_mytcp(protocol));
	set_number("MYTCP_RUN_PROTOCOL", protocol);
	set_preload(require_preload());

	execvp(argv[optind], argv + optind);
	fprintf(stderr, "mytcp_run: %s: %s\n", argv[optind], strerror(errno));
	return errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}
