// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

/* Seconds; far longer than any test waits for, on the slowest machine. */
#define LIMIT 120

static struct tap_test *tests;
static struct tap_test **last = &tests;

void tap_add(struct tap_test *test)
{
	*last = test;
	last = &test->next;
}

const char *tap_errno_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "no such errno";
}

static void comment(const char *where, const char *format, va_list args)
{
	char text[512];
	char line[700];
	int n;

	vsnprintf(text, sizeof(text), format, args);
	n = snprintf(line, sizeof(line), "# %s%s\n", where, text);
	/* One write: several processes of a test may fail at once. */
	if (write(STDOUT_FILENO, line, n) < 0)
		_exit(2);
}

void tap_comment(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	comment("", format, args);
	va_end(args);
}

void tap_fail(const char *file, int line, const char *format, ...)
{
	char where[128];
	va_list args;

	snprintf(where, sizeof(where), "%s:%d: ", file, line);
	va_start(args, format);
	comment(where, format, args);
	va_end(args);
	_exit(1);
}

static void become_test(const struct tap_test *test)
{
	setpgid(0, 0);
	alarm(LIMIT);
	test->run();
	_exit(0);
}

/* Processes that the test left behind must not disturb the next one. */
static void bury(pid_t group)
{
	kill(-group, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static int passes(const struct tap_test *test)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		exit(2);
	}
	if (!pid)
		become_test(test);

	setpgid(pid, pid);
	while (waitpid(pid, &status, 0) != pid)
		;
	bury(pid);

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		tap_comment("hangs: killed after %d seconds", LIMIT);
	else if (WIFSIGNALED(status))
		tap_comment("killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static int selected(const struct tap_test *test, const char *filter)
{
	return !filter || strstr(test->name, filter);
}

static int count(const char *filter)
{
	const struct tap_test *test;
	int n = 0;

	for (test = tests; test; test = test->next)
		n += selected(test, filter);
	return n;
}

int tap_run(const char *filter, int list)
{
	const struct tap_test *test;
	int failed = 0;
	int n = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!list)
		printf("TAP version 13\n1..%d\n", count(filter));

	for (test = tests; test; test = test->next) {
		int ok;

		if (!selected(test, filter))
			continue;
		n++;
		if (list) {
			puts(test->name);
			continue;
		}
		ok = passes(test);
		printf("%sok %d - %s\n", ok ? "" : "not ", n, test->name);
		failed += !ok;
	}
	if (!list)
		printf("# %d passed, %d failed\n", n - failed, failed);
	return failed || !n;
}
