/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_SCRIPT_H
#define WIRE_SCRIPT_H

#include <stdbool.h>
#include <linux/types.h>
#include <stdio.h>

#include "macros.h"

#define NSEC_PER_MSEC	1000000LL
#define NSEC_PER_SEC	1000000000LL
#define LINE_WORDS	48

/**
 * enum when_base - what the time at the head of a line is counted from
 * @WHEN_PREVIOUS: the previous event ("+200ms", and lines without a time)
 * @WHEN_MARK: the last "mark" line, or the start of the script ("@1s")
 */
enum when_base { WHEN_PREVIOUS, WHEN_MARK };

/**
 * struct when - the time of one line
 * @base: what it is counted from
 * @from: earliest moment, nanoseconds after @base
 * @to: latest moment, nanoseconds after @base; equal to @from unless a range
 * @given: the line has a time at all
 */
struct when {
	enum when_base base;
	__s64 from;
	__s64 to;
	bool given;
};

/**
 * struct line - one line of a script, cut into words
 * @file: the file that it stands in
 * @number: its line number there
 * @text: the line as written, for messages
 * @when: its time
 * @words: number of words after the time
 * @word: the words
 */
struct line {
	const char *file;
	int number;
	char *text;
	struct when when;
	int words;
	char *word[LINE_WORDS];
};

/**
 * struct script - a script with its includes and repeats laid out flat
 * @line: the lines that are neither empty nor comments
 * @lines: how many
 */
struct script {
	struct line *line;
	int lines;
};

/**
 * script_load() - read a script, its "include" files and "repeat" blocks
 * @path: the file
 * @script: filled in; lives until the process ends
 *
 * Ends the process with a message if a file cannot be read or a block or a
 * time is malformed.
 */
void script_load(const char *path, struct script *script);

/**
 * script_error() - end the process because a line cannot be understood
 * @line: the line
 * @why: printf() format of the reason
 */
void __noreturn script_error(const struct line *line, const char *why, ...)
	__printf(2, 3);

/**
 * parse_duration() - read "3s", "200ms", "40us", "2m", "1h" or "0"
 * @text: the text
 * @end: set to the first character that was not used
 * @ns: set to the length in nanoseconds
 *
 * A number that has no unit may only be 0.
 *
 * Return: true if @text starts with a duration.
 */
bool parse_duration(const char *text, const char **end, __s64 *ns);

/**
 * line_word() - a word that must be there
 * @line: the line
 * @index: the word that must exist
 *
 * Return: the word at @index; ends the process if the line is shorter.
 */
const char *line_word(const struct line *line, int index);

/**
 * line_octets() - read octets that are written as pairs of hex digits
 * @line: the line that they stand in
 * @hex: the digits
 * @octets: room for OPTIONS_MAX octets
 *
 * Return: how many octets there are; ends the process if @hex is not that.
 */
size_t line_octets(const struct line *line, const char *hex, __u8 *octets);

#endif
