// SPDX-License-Identifier: GPL-2.0
/*
 * What a program may expect of a TCP socket. The kernel's TCP is the
 * reference: every test passes on it, and no test knows which it runs on.
 */
#include "net.h"

int main(int argc, char **argv)
{
	static const struct family *const families[] = {
		&family_tcp, &family_mytcp, &family_mytcp253, NULL
	};

	return net_main(argc, argv, families);
}
