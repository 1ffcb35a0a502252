/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_FIELD_H
#define WIRE_FIELD_H

#include <stdbool.h>
#include <linux/types.h>

/**
 * enum field_kind - what a script says about a number
 * @FIELD_UNSAID: nothing
 * @FIELD_ANY: "*", it may be anything
 * @FIELD_RANGE: it lies between two numbers, both included
 * @FIELD_NOT: "!=N", it is another one
 */
enum field_kind { FIELD_UNSAID, FIELD_ANY, FIELD_RANGE, FIELD_NOT };

/**
 * struct field - a number to send, or a condition on one that is received
 * @kind: what is said
 * @low: smallest number allowed, or the number
 * @high: largest number allowed
 * @absolute: written "=N": not counted from an initial sequence number
 */
struct field {
	enum field_kind kind;
	__s64 low, high;
	bool absolute;
};

/**
 * field_parse() - read "*", "N", "=N", "A..B", ">=N", "<=N" or "!=N"
 * @text: the text
 * @field: filled in
 *
 * Return: false if @text is none of these.
 */
bool field_parse(const char *text, struct field *field);

/**
 * field_match() - compare a number with what the script says
 * @field: the condition
 * @value: the number
 *
 * Return: true if it is as said, or nothing is said.
 */
bool field_match(const struct field *field, __s64 value);

/**
 * field_is_exact() - one number is said, which can be sent
 * @field: the field
 *
 * Return: true if so.
 */
static inline bool field_is_exact(const struct field *field)
{
	return field->kind == FIELD_RANGE && field->low == field->high;
}

#endif
