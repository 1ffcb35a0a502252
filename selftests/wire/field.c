// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers in scripts: exact ones, ranges, wildcards.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "field.h"

static bool number(const char *text, const char **end, __s64 *value)
{
	char *stop;

	*value = strtoll(text, &stop, 0);
	*end = stop;
	return stop != text;
}

bool field_parse(const char *text, struct field *field)
{
	const char *end;

	*field = (struct field){ .low = INT64_MIN, .high = INT64_MAX };
	if (!strcmp(text, "*")) {
		field->kind = FIELD_ANY;
		return true;
	}
	field->kind = FIELD_RANGE;
	if (!strncmp(text, ">=", 2))
		return number(text + 2, &end, &field->low) && !*end;
	if (!strncmp(text, "<=", 2))
		return number(text + 2, &end, &field->high) && !*end;
	if (!strncmp(text, "!=", 2)) {
		field->kind = FIELD_NOT;
		return number(text + 2, &end, &field->low) && !*end;
	}
	if (*text == '=') {
		field->absolute = true;
		text++;
	}
	if (!number(text, &end, &field->low))
		return false;
	field->high = field->low;
	if (!strncmp(end, "..", 2) && !number(end + 2, &end, &field->high))
		return false;
	return !*end && field->low <= field->high;
}

bool field_match(const struct field *field, __s64 value)
{
	switch (field->kind) {
	case FIELD_RANGE:
		return value >= field->low && value <= field->high;
	case FIELD_NOT:
		return value != field->low;
	default:
		return true;
	}
}
