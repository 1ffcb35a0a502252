// SPDX-License-Identifier: GPL-2.0
/*
 * Segments as a script writes them: reading, comparing, printing.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "spec.h"

static const struct {
	const char *name;
	__u8 bit;
} flag_names[] = {
	{ "SYN", FLAG_SYN }, { "FIN", FLAG_FIN }, { "RST", FLAG_RST },
	{ "PSH", FLAG_PSH }, { "ACK", FLAG_ACK }, { "URG", FLAG_URG },
	{ "ECE", FLAG_ECE }, { "CWR", FLAG_CWR },
};

#define FLAG_NAMES	ARRAY_SIZE(flag_names)

/* "ACK?" may be there or not; PSH may, when it is not mentioned. */
static void parse_flags(const struct line *line, const char *text,
			struct spec *spec)
{
	char *copy, *rest = NULL, *name;

	spec->free_flags = FLAG_PSH;
	if (!strcmp(text, "-"))
		return;
	copy = strdup(text);
	for (name = strtok_r(copy, "|", &rest); name;
	     name = strtok_r(NULL, "|", &rest)) {
		char *question = strchr(name, '?');
		size_t i;

		if (question)
			*question = '\0';
		for (i = 0; i < FLAG_NAMES; i++)
			if (!strcmp(name, flag_names[i].name))
				break;
		if (i == FLAG_NAMES)
			script_error(line, "'%s' is not a flag", name);
		spec->flags |= flag_names[i].bit;
		spec->free_flags &= ~flag_names[i].bit;
		if (question)
			spec->free_flags |= flag_names[i].bit;
	}
	free(copy);
}

/* sack L:R L:R ...: the blocks in their order */
static int parse_sack(const struct line *line, int i, struct spec *spec)
{
	spec->has_sack = PRESENT;
	for (; i + 1 < line->words; i++) {
		const char *text = line->word[i + 1];
		char *end;

		if (!strchr(text, ':'))
			break;
		if (spec->sacks == SACK_MAX)
			script_error(line, "more than %d SACK blocks",
				     SACK_MAX);
		spec->sack[spec->sacks].left = strtoll(text, &end, 0);
		if (*end != ':')
			script_error(line, "bad SACK block '%s'", text);
		spec->sack[spec->sacks].right = strtoll(end + 1, &end, 0);
		if (*end)
			script_error(line, "bad SACK block '%s'", text);
		spec->sacks++;
	}
	if (!spec->sacks)
		script_error(line, "sack needs a block LEFT:RIGHT");
	return i;
}

/* fo COOKIE, foexp COOKIE: hex digits, "-" for the request for one */
static void parse_fo(const struct line *line, int i, struct spec *spec)
{
	const char *cookie = line_word(line, i + 1);

	spec->has_fo = PRESENT;
	spec->fo_exp = !strcmp(line->word[i], "foexp");
	spec->fo_len = !strcmp(cookie, "-") ? 0 : line_octets(line, cookie, spec->fo);
	if (spec->fo_len > COOKIE_MAX)
		script_error(line, "a cookie has %d octets at most", COOKIE_MAX);
}

/* Words that stand alone. */
static bool parse_bare(const char *word, struct spec *spec)
{
	struct {
		const char *name;
		enum presence *what, value;
	} bare[] = {
		{ "sackok", &spec->has_sackok, PRESENT },
		{ "nosackok", &spec->has_sackok, ABSENT },
		{ "nomss", &spec->has_mss, ABSENT },
		{ "nowscale", &spec->has_wscale, ABSENT },
		{ "nots", &spec->has_ts, ABSENT },
		{ "nofo", &spec->has_fo, ABSENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(bare); i++) {
		if (!strcmp(word, bare[i].name)) {
			*bare[i].what = bare[i].value;
			return true;
		}
	}
	if (!strcmp(word, "nopsh"))
		spec->free_flags &= ~FLAG_PSH;
	else if (!strcmp(word, "badsum"))
		spec->damage.bad_sum = true;
	else
		return false;
	return true;
}

/* Words that a number follows. */
static bool parse_numbered(const struct line *line, int i, struct spec *spec)
{
	struct {
		const char *name;
		struct field *field;
		enum presence *option;
	} numbered[] = {
		{ "seq", &spec->seq, NULL },
		{ "ack", &spec->ack, NULL },
		{ "win", &spec->win, NULL },
		{ "data", &spec->len, NULL },
		{ "urg", &spec->urg, NULL },
		{ "fill", &spec->fill, NULL },
		{ "ttl", &spec->ttl, NULL },
		{ "tos", &spec->tos, NULL },
		{ "hop", &spec->hop, NULL },
		{ "mss", &spec->mss, &spec->has_mss },
		{ "wscale", &spec->wscale, &spec->has_wscale },
		{ "ts", &spec->tsval, &spec->has_ts },
		{ "ecr", &spec->tsecr, &spec->has_ts },
	};

	for (size_t n = 0; n < ARRAY_SIZE(numbered); n++) {
		const char *value;

		if (strcmp(line->word[i], numbered[n].name))
			continue;
		value = line_word(line, i + 1);
		if (numbered[n].field == &spec->seq && !strcmp(value, "new"))
			spec->seq_new = true;
		else if (!field_parse(value, numbered[n].field))
			script_error(line, "bad number '%s'", value);
		if (numbered[n].option)
			*numbered[n].option = PRESENT;
		return true;
	}
	return false;
}

void spec_parse(const struct line *line, struct spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	parse_flags(line, line_word(line, 1), spec);
	for (int i = 2; i < line->words; i++) {
		if (parse_bare(line->word[i], spec))
			continue;
		if (parse_numbered(line, i, spec)) {
			i++;
		} else if (!strcmp(line->word[i], "sack")) {
			i = parse_sack(line, i, spec);
		} else if (!strcmp(line->word[i], "fo") ||
			   !strcmp(line->word[i], "foexp")) {
			parse_fo(line, i++, spec);
		} else if (!strcmp(line->word[i], "opt")) {
			spec->damage.options_len =
				line_octets(line, line_word(line, ++i),
					    spec->damage.options);
		} else if (!strcmp(line->word[i], "ipopt")) {
			spec->ip_options_len =
				line_octets(line, line_word(line, ++i),
					    spec->ip_options);
		} else if (!strcmp(line->word[i], "doff")) {
			spec->damage.doff = atoi(line_word(line, ++i));
		} else {
			script_error(line, "'%s' means nothing here",
				     line->word[i]);
		}
	}
}

struct text {
	char *at;
	size_t left;
};

static __printf(2, 3) void put(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->at, text->left, format, args);
	va_end(args);
	if (n < 0)
		return;
	if ((size_t)n >= text->left)
		n = text->left ? text->left - 1 : 0;
	text->at += n;
	text->left -= n;
}

static void put_flags(struct text *text, __u8 flags)
{
	const char *bar = "";

	if (!flags)
		put(text, "-");
	for (size_t i = 0; i < FLAG_NAMES; i++) {
		if (!(flags & flag_names[i].bit))
			continue;
		put(text, "%s%s", bar, flag_names[i].name);
		bar = "|";
	}
}

static void put_options(struct text *text, const struct segment *seg,
			__u32 base)
{
	if (seg->has_mss)
		put(text, " mss %u", seg->mss);
	if (seg->has_wscale)
		put(text, " wscale %u", seg->wscale);
	if (seg->has_sackok)
		put(text, " sackok");
	if (seg->has_ts)
		put(text, " ts %u ecr %u", seg->tsval, seg->tsecr);
	if (seg->has_fo)
		put(text, seg->fo_exp ? " foexp %s" : " fo %s", seg->fo_len ? "" : "-");
	for (size_t i = 0; i < seg->fo_len; i++)
		put(text, "%02x", seg->fo[i]);
	if (seg->sacks)
		put(text, " sack");
	for (int i = 0; i < seg->sacks; i++)
		put(text, " %d:%d", (int)(seg->sack[i].left - base),
		    (int)(seg->sack[i].right - base));
}

void segment_print(const struct flow *flow, const struct segment *seg,
		   bool sent, char *buffer, size_t size)
{
	__u32 local = flow->local_isn_known ? flow->local_isn : 0;
	__u32 seq_base = sent ? flow->peer_isn : local;
	__u32 ack_base = sent ? local : flow->peer_isn;
	struct text text = { buffer, size };

	put_flags(&text, seg->flags);
	put(&text, " seq %d", (int)(seg->seq - seq_base));
	if (seg->flags & FLAG_ACK)
		put(&text, " ack %d", (int)(seg->ack - ack_base));
	put(&text, " win %u", seg->win);
	if (seg->len)
		put(&text, " data %zu", seg->len);
	if (seg->flags & FLAG_URG)
		put(&text, " urg %u", seg->urg);
	put_options(&text, seg, ack_base);
}

static bool match_number(const struct field *field, __u32 value,
			 __u32 base, const char *name, struct text *why)
{
	struct field wrapped = *field;
	__u32 relative = value - (field->absolute ? 0 : base);
	__s64 got = relative;

	/* A negative number stands for one before the initial one. */
	if (field_is_exact(field)) {
		wrapped.low = (__u32)field->low;
		wrapped.high = wrapped.low;
	} else if (field->kind == FIELD_RANGE && field->low < 0) {
		got = (__s32)relative;
	}
	if (field_match(&wrapped, got))
		return true;
	put(why, "%s is %d", name, (int)relative);
	return false;
}

static bool match_option(enum presence said, bool there, const char *name,
			 struct text *why)
{
	if (said == (there ? PRESENT : ABSENT) || said == UNSAID)
		return true;
	put(why, "%s is %s", name, there ? "there" : "not there");
	return false;
}

static bool match_flags(const struct spec *spec, __u8 flags,
			struct text *why)
{
	if (!((spec->flags ^ flags) & ~spec->free_flags))
		return true;
	put(why, "flags are ");
	put_flags(why, flags);
	return false;
}

static bool match_sack(const struct spec *spec, const struct segment *seg,
		       __u32 base, struct text *why)
{
	bool same = spec->sacks == seg->sacks;

	for (int i = 0; same && i < seg->sacks; i++)
		same = seg->sack[i].left - base ==
			       (__u32)spec->sack[i].left &&
		       seg->sack[i].right - base ==
			       (__u32)spec->sack[i].right;
	if (!same)
		put(why, "SACK blocks differ");
	return same;
}

static bool match_fo(const struct spec *spec, const struct segment *seg,
		     struct text *why)
{
	if (spec->has_fo != PRESENT ||
	    (seg->fo_exp == spec->fo_exp && seg->fo_len == spec->fo_len &&
	     !memcmp(seg->fo, spec->fo, seg->fo_len)))
		return true;
	put(why, "the cookie is another one");
	return false;
}

static bool match_options(const struct spec *spec, const struct segment *seg,
			  __u32 base, struct text *why)
{
	return match_option(spec->has_mss, seg->has_mss, "mss", why) &&
	       match_option(spec->has_wscale, seg->has_wscale, "wscale", why) &&
	       match_option(spec->has_sackok, seg->has_sackok, "sackok", why) &&
	       match_option(spec->has_ts, seg->has_ts, "ts", why) &&
	       match_option(spec->has_fo, seg->has_fo, "fo", why) &&
	       match_fo(spec, seg, why) &&
	       match_number(&spec->mss, seg->mss, 0, "mss", why) &&
	       match_number(&spec->wscale, seg->wscale, 0, "wscale", why) &&
	       match_number(&spec->tsval, seg->tsval, 0, "ts", why) &&
	       match_number(&spec->tsecr, seg->tsecr, 0, "ecr", why) &&
	       match_sack(spec, seg, base, why);
}

static bool match_ip_options(const struct spec *spec,
			     const struct segment *seg, struct text *why)
{
	if (spec->ip_options_len == seg->ip_options_len &&
	    !memcmp(spec->ip_options, seg->ip_options, seg->ip_options_len))
		return true;
	put(why, "IP options are ");
	for (size_t i = 0; i < seg->ip_options_len; i++)
		put(why, "%02x", seg->ip_options[i]);
	return false;
}

static bool match_payload(const struct spec *spec, const struct segment *seg,
			  __u32 seq_base, struct text *why)
{
	__u32 offset = seg->seq - seq_base - !(seg->flags & FLAG_SYN);

	if (spec->len.kind == FIELD_UNSAID && seg->len) {
		put(why, "there are %zu octets of data", seg->len);
		return false;
	}
	if (!match_number(&spec->len, seg->len, 0, "data", why))
		return false;
	for (size_t i = 0; i < seg->len; i++) {
		__u8 octet = spec->fill.kind == FIELD_UNSAID ?
				pattern(offset + i) : spec->fill.low;

		if (seg->data[i] == octet)
			continue;
		put(why, "octet %zu of the data is 0x%02x, not 0x%02x", i,
		    seg->data[i], octet);
		return false;
	}
	return true;
}

bool spec_match(const struct spec *spec, const struct flow *flow,
		const struct segment *seg, char *buffer, size_t size)
{
	__u32 local = flow->local_isn_known ? flow->local_isn : 0;
	struct text why = { buffer, size };

	if (!seg->sum_ok) {
		put(&why, "the checksum is wrong");
		return false;
	}
	if (!(seg->flags & FLAG_ACK) && spec->ack.kind == FIELD_UNSAID &&
	    seg->ack) {
		put(&why, "acknowledgment number without ACK");
		return false;
	}
	return match_flags(spec, seg->flags, &why) &&
	       match_number(&spec->seq, seg->seq, local, "seq", &why) &&
	       match_number(&spec->ack, seg->ack, flow->peer_isn, "ack",
			    &why) &&
	       match_number(&spec->win, seg->win, 0, "win", &why) &&
	       match_number(&spec->urg, seg->urg, 0, "urg", &why) &&
	       match_number(&spec->ttl, seg->ttl, 0, "ttl", &why) &&
	       match_number(&spec->tos, seg->tos, 0, "tos", &why) &&
	       match_number(&spec->hop, seg->hop, 0, "hop", &why) &&
	       match_ip_options(spec, seg, &why) &&
	       match_options(spec, seg, flow->peer_isn, &why) &&
	       match_payload(spec, seg, local, &why);
}
