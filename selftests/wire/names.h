/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WIRE_NAMES_H
#define WIRE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct socket_option - a socket option that scripts can name
 * @name: the name in scripts
 * @level: level for setsockopt()
 * @option: option for setsockopt()
 */
struct socket_option {
	const char *name;
	int level;
	int option;
};

/**
 * option_find() - a socket option by its name
 * @name: the name in scripts
 *
 * Return: the option or NULL.
 */
const struct socket_option *option_find(const char *name);

/**
 * errno_find() - an error by its name
 * @name: "ECONNRESET" and the like
 *
 * Return: its number, 0 if the name is not known.
 */
int errno_find(const char *name);

/**
 * errno_name() - the name of an error
 * @number: the error
 *
 * Return: its name, "an unknown error" if it is not known.
 */
const char *errno_name(int number);

/**
 * poll_parse() - read "IN|OUT"; "-" is no event
 * @text: the text
 * @events: set to the bits of poll()
 *
 * Return: false if one of the names is not known.
 */
bool poll_parse(const char *text, short *events);

/**
 * poll_print() - the reverse of poll_parse()
 * @events: bits of poll()
 * @text: receives the text
 * @size: octets in @text
 */
void poll_print(short events, char *text, size_t size);

/**
 * info_offset() - where a field stands in struct tcp_info
 * @name: its name without "tcpi_"
 * @size: set to its size in octets
 *
 * Return: the offset in octets, -1 if the name is not known.
 */
int info_offset(const char *name, size_t *size);

/**
 * state_number() - the number of a connection state in /proc/net/tcp
 * @name: the name that RFC 9293 uses, or NONE
 *
 * Return: the number, 0 for NONE, -1 if the name is not known.
 */
int state_number(const char *name);

/**
 * state_name() - the reverse of state_number()
 * @number: the number
 *
 * Return: the name.
 */
const char *state_name(int number);

#endif
