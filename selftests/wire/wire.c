// SPDX-License-Identifier: GPL-2.0
/*
 * wire: tests of a TCP by conversations over a tun device.
 *
 * Each script runs in a process and a network namespace of its own; README.md
 * describes the form of scripts. The results are printed as TAP.
 */
#define _GNU_SOURCE
#include <getopt.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <mytcp.h>

#include "wire.h"

#define NOTES		60
#define NOTE_LENGTH	600
#define DEFAULT_SLACK	NSEC_PER_MSEC
/* Timers of the kernel's wheel, which its TCP uses, are late by up to 1/8. */
#define TIMER_WHEEL_PART	8

/* The conversation so far, the last NOTES lines of it. */
static char notes[NOTES][NOTE_LENGTH];
static unsigned int noted;

__s64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * NSEC_PER_SEC + time.tv_nsec;
}

void note(struct wire *wire, __s64 time, const char *what, ...)
{
	char *text = notes[noted++ % NOTES];
	va_list args;
	int used;

	used = snprintf(text, NOTE_LENGTH, "%12.6f ",
			(time - wire->start) / 1e9);
	va_start(args, what);
	vsnprintf(text + used, NOTE_LENGTH - used, what, args);
	va_end(args);
	if (wire->verbose)
		printf("# %s\n", text);
}

void fail(struct wire *wire, const char *why, ...)
{
	unsigned int first = noted > NOTES ? noted - NOTES : 0;
	va_list args;

	if (wire->must_fail)
		exit(0);
	if (!wire->verbose)
		for (unsigned int i = first; i < noted; i++)
			printf("# %s\n", notes[i % NOTES]);
	if (wire->line)
		printf("# %s:%d: %s\n", wire->line->file, wire->line->number,
		       wire->line->text);
	printf("# at %.6f s: ", (now() - wire->start) / 1e9);
	va_start(args, why);
	vprintf(why, args);
	va_end(args);
	printf("\n");
	exit(1);
}

void window_of(const struct wire *wire, __s64 *from, __s64 *to)
{
	const struct when *when = &wire->line->when;
	__s64 base = when->base == WHEN_MARK ? wire->mark : wire->previous;

	*from = base + when->from - wire->slack;
	*to = base + when->to + wire->slack;
	if (!wire->mytcp)
		*to += when->to / TIMER_WHEEL_PART;
}

static void command_mark(struct wire *wire)
{
	wait_for_line(wire);
	wire->mark = wire->previous;
}

static void command_link(struct wire *wire)
{
	if (strcmp(line_word(wire->line, 1), "mtu"))
		script_error(wire->line, "only the MTU can be set");
	link_set_mtu(wire, atoi(line_word(wire->line, 2)));
}

static void command_route(struct wire *wire)
{
	const struct line *line = wire->line;
	char metrics[128] = "";

	for (int i = 1; i < line->words; i++) {
		strncat(metrics, " ", sizeof(metrics) - strlen(metrics) - 1);
		strncat(metrics, line->word[i], sizeof(metrics) - strlen(metrics) - 1);
	}
	if (link_set_route(wire, metrics))
		script_error(line, "ip(8) cannot set the route");
}

static void command_only(struct wire *wire)
{
	const char *which = line_word(wire->line, 1);

	if (strcmp(which, wire->mytcp ? "mytcp" : "tcp"))
		exit(KSFT_SKIP);
}

static void command_fails(struct wire *wire)
{
	wire->must_fail = true;
}

static void run_line(struct wire *wire)
{
	static const struct {
		const char *name;
		void (*run)(struct wire *wire);
	} commands[] = {
		{ "app", app_command },
		{ "done", app_done },
		{ "<", talk_send },
		{ ">", talk_expect },
		{ "quiet", talk_quiet },
		{ "drain", talk_drain },
		{ "state", look_state },
		{ "counter", look_counter },
		{ "sysctl", look_sysctl },
		{ "peer", flow_command },
		{ "local", flow_command },
		{ "link", command_link },
		{ "route", command_route },
		{ "mark", command_mark },
		{ "only", command_only },
		{ "fails", command_fails },
	};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		size_t length = strlen(commands[i].name);

		if (!strncmp(wire->line->word[0], commands[i].name, length)) {
			commands[i].run(wire);
			return;
		}
	}
	script_error(wire->line, "there is no '%s'", wire->line->word[0]);
}

static void run_script(struct wire *wire, const char *path)
{
	static struct script script;

	script_load(path, &script);
	wire->tail = &wire->head;
	link_open(wire);
	flow_find(wire, "c");
	wire->start = now();
	wire->mark = wire->start;
	wire->previous = wire->start;
	for (int i = 0; i < script.lines; i++) {
		wire->line = &script.line[i];
		run_line(wire);
	}
	talk_end(wire);
	if (wire->must_fail)
		printf("# the script is wrong and was not found out\n");
	exit(wire->must_fail);
}

/* rst/exact.wire is the test "mytcp: rst/exact". */
static void print_name(const struct wire *wire, const char *path)
{
	const char *dot = strrchr(path, '.');

	printf("%s: %.*s", wire->name, dot ? (int)(dot - path) :
	       (int)strlen(path), path);
}

static bool run_test(const struct wire *options, const char *path, int number)
{
	int status = 0;
	bool ok, skip;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		struct wire wire = *options;

		run_script(&wire, path);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	skip = WIFEXITED(status) && WEXITSTATUS(status) == KSFT_SKIP;
	ok = skip || !status;
	if (WIFSIGNALED(status))
		printf("# killed by signal %d\n", WTERMSIG(status));
	printf("%sok %d - ", ok ? "" : "not ", number);
	print_name(options, path);
	printf("%s\n", skip ? " # SKIP not for this TCP" : "");
	return ok;
}

static const char usage[] =
	"usage: wire [-v] [--family FAMILY[,FAMILY...]] [--slack MS] SCRIPT...\n"
	"Runs scripted conversations with a TCP over a tun device, prints TAP.\n"
	"  --family  the TCP under test: mytcp (default), mytcp253 (it under IP\n"
	"            protocol 253), tcp (the kernel's)\n"
	"  --slack   milliseconds that a time may be off, default 1\n"
	"  -v        print conversations while they go on\n";

static bool set_family(struct wire *wire, const char *name)
{
	wire->name = name;
	wire->mytcp = strcmp(name, "tcp");
	wire->family = wire->mytcp ? AF_MYTCP : AF_INET;
	wire->socket_proto = IPPROTO_TCP;
	wire->proto = IPPROTO_TCP;
	if (!strcmp(name, "mytcp253")) {
		wire->socket_proto = MYTCP_PROTO_EXPERIMENTAL;
		wire->proto = MYTCP_PROTO_EXPERIMENTAL;
		return true;
	}
	return !strcmp(name, "tcp") || !strcmp(name, "mytcp");
}

/* Returns the families, separated by commas. */
static char *parse_options(struct wire *wire, int argc, char **argv)
{
	static const struct option options[] = {
		{ "family", required_argument, NULL, 'f' },
		{ "slack", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	char *families = strdup("mytcp");
	bool ok = true;
	int option;

	wire->slack = DEFAULT_SLACK;
	while ((option = getopt_long(argc, argv, "vh", options, NULL)) != -1) {
		if (option == 'v') {
			wire->verbose = true;
		} else if (option == 's') {
			wire->slack = strtod(optarg, NULL) * NSEC_PER_MSEC;
		} else if (option == 'h') {
			fputs(usage, stdout);
			exit(0);
		} else if (option == 'f') {
			families = optarg;
		} else {
			ok = false;
		}
	}
	if (!ok || optind == argc) {
		fputs(usage, stderr);
		exit(2);
	}
	return families;
}

static int count_families(const char *families)
{
	int count = 1;

	for (; *families; families++)
		count += *families == ',';
	return count;
}

int main(int argc, char **argv)
{
	struct wire wire = {};
	int failed = 0, number = 0;
	char *families, *name;

	families = parse_options(&wire, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	printf("TAP version 13\n1..%d\n",
	       count_families(families) * (argc - optind));
	while ((name = strsep(&families, ","))) {
		if (!set_family(&wire, name)) {
			fputs(usage, stderr);
			return 2;
		}
		for (int i = optind; i < argc; i++)
			failed += !run_test(&wire, argv[i], ++number);
	}
	return failed ? 1 : 0;
}
