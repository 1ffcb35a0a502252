// SPDX-License-Identifier: GPL-2.0
/*
 * Reading of scripts: lines, words, times, "include" and "repeat".
 */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "script.h"
#include "segment.h"

#define INCLUDE_DEPTH	8

void script_error(const struct line *line, const char *why, ...)
{
	va_list args;

	fprintf(stdout, "# %s:%d: %s\n# ", line->file, line->number,
		line->text);
	va_start(args, why);
	vfprintf(stdout, why, args);
	va_end(args);
	fprintf(stdout, "\n");
	exit(1);
}

const char *line_word(const struct line *line, int index)
{
	if (index >= line->words)
		script_error(line, "the line ends too early");
	return line->word[index];
}

size_t line_octets(const struct line *line, const char *hex, __u8 *octets)
{
	size_t n;

	for (n = 0; *hex; hex += 2) {
		char octet[3] = { hex[0], hex[1] }, *end;

		if (n == OPTIONS_MAX)
			script_error(line, "more than %d octets of options",
				     OPTIONS_MAX);
		octets[n++] = strtoul(octet, &end, 16);
		if (end != octet + 2)
			script_error(line, "options are pairs of hex digits");
	}
	return n;
}

static __s64 unit_ns(const char *unit, size_t length)
{
	static const struct {
		const char *name;
		__s64 ns;
	} units[] = {
		{ "us", 1000 },
		{ "ms", NSEC_PER_MSEC },
		{ "s", NSEC_PER_SEC },
		{ "m", 60 * NSEC_PER_SEC },
		{ "h", 3600 * NSEC_PER_SEC },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (strlen(units[i].name) == length &&
		    !strncmp(units[i].name, unit, length))
			return units[i].ns;
	return 0;
}

bool parse_duration(const char *text, const char **end, __s64 *ns)
{
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits;
	size_t length = strspn(unit, "abcdefghijklmnopqrstuvwxyz");
	__s64 whole = strtoll(text, NULL, 10), scale, fraction = 0;

	if (!digits)
		return false;
	if (*unit == '.' && unit[1] >= '0' && unit[1] <= '9') {
		const char *p = unit + 1;
		__s64 place = NSEC_PER_SEC;

		for (; *p >= '0' && *p <= '9'; p++) {
			place /= 10;
			fraction += (*p - '0') * place;
		}
		unit = p;
		length = strspn(unit, "abcdefghijklmnopqrstuvwxyz");
	}
	*end = unit + length;
	scale = unit_ns(unit, length);
	if (!scale && (length || whole || fraction))
		return false;
	*ns = whole * scale + fraction * (scale / 1000) / 1000000;
	return true;
}

static bool parse_when(const char *word, struct when *when)
{
	const char *end;

	when->given = true;
	when->base = *word == '@' ? WHEN_MARK : WHEN_PREVIOUS;
	if (!parse_duration(word + 1, &end, &when->from))
		return false;
	when->to = when->from;
	if (!strncmp(end, "..", 2) &&
	    (!parse_duration(end + 2, &end, &when->to) ||
	     when->to < when->from))
		return false;
	return !*end;
}

static void cut_words(struct line *line)
{
	char *copy = strdup(line->text), *word, *rest = NULL;

	line->words = 0;
	for (word = strtok_r(copy, " \t", &rest); word;
	     word = strtok_r(NULL, " \t", &rest)) {
		if (!line->words && !line->when.given &&
		    (*word == '+' || *word == '@')) {
			if (!parse_when(word, &line->when))
				script_error(line, "bad time '%s'", word);
			continue;
		}
		if (line->words == LINE_WORDS)
			script_error(line, "too many words");
		line->word[line->words++] = word;
	}
	if (!line->words)
		script_error(line, "a time and nothing more");
}

static struct line *append_line(struct script *script)
{
	script->line = realloc(script->line,
			       (script->lines + 1) * sizeof(*script->line));
	if (!script->line)
		abort();
	memset(&script->line[script->lines], 0, sizeof(*script->line));
	return &script->line[script->lines++];
}

/* A '#' starts a comment at the head of a line or after a blank. */
static void strip(char *text)
{
	size_t length;

	for (char *p = text; *p; p++) {
		if (*p == '#' && (p == text || p[-1] == ' ' || p[-1] == '\t')) {
			*p = '\0';
			break;
		}
	}
	length = strlen(text);
	while (length && strchr(" \t\r\n", text[length - 1]))
		text[--length] = '\0';
}

struct reader {
	FILE *in;
	const char *path;
	int number;
	int depth;
};

static void read_file(const char *path, int depth, struct script *script);

static void include(const struct reader *reader, const struct line *line,
		    struct script *script)
{
	char path[PATH_MAX], *copy = strdup(reader->path);

	if (reader->depth == INCLUDE_DEPTH)
		script_error(line, "includes are nested too deeply");
	snprintf(path, sizeof(path), "%s/%s", dirname(copy),
		 line_word(line, 1));
	free(copy);
	read_file(strdup(path), reader->depth + 1, script);
}

/* Lays the lines from the first one on out as often as said. */
static void repeat(struct script *script, int first, int times)
{
	int count = script->lines - first;

	for (int i = count; i < count * times; i++) {
		struct line copy = script->line[first + i % count];

		*append_line(script) = copy;
	}
}

/*
 * Lines up to the end of the file, or to the "end" of the block that
 * @opener starts; such a block is laid out as often as it says.
 */
static void read_block(struct reader *reader, struct script *script,
		       const struct line *opener)
{
	int first = script->lines;
	char buffer[1024];

	while (fgets(buffer, sizeof(buffer), reader->in)) {
		struct line line = {
			.file = reader->path, .number = ++reader->number,
		};
		const char *text = buffer + strspn(buffer, " \t\n");

		strip(buffer);
		if (!*text)
			continue;
		line.text = strdup(text);
		cut_words(&line);
		if (opener && !strcmp(line.word[0], "end")) {
			repeat(script, first, atoi(line_word(opener, 1)));
			return;
		}
		if (!strcmp(line.word[0], "include"))
			include(reader, &line, script);
		else if (!strcmp(line.word[0], "repeat"))
			read_block(reader, script, &line);
		else
			*append_line(script) = line;
	}
	if (opener)
		script_error(opener, "no 'end' for this 'repeat'");
}

static void read_file(const char *path, int depth, struct script *script)
{
	struct reader reader = { .path = path, .depth = depth };

	reader.in = fopen(path, "r");
	if (!reader.in) {
		printf("# %s: %s\n", path, strerror(errno));
		exit(1);
	}
	read_block(&reader, script, NULL);
	fclose(reader.in);
}

void script_load(const char *path, struct script *script)
{
	memset(script, 0, sizeof(*script));
	read_file(path, 0, script);
}
