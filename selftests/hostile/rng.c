// SPDX-License-Identifier: GPL-2.0
/*
 * Random choices that a seed repeats: splitmix64.
 */
#include "hostile.h"

static unsigned long state;

void draw_seed(unsigned long seed)
{
	state = seed;
}

__u32 draw(void)
{
	unsigned long z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) >> 32;
}

__u32 below(__u32 limit)
{
	return ((unsigned long)draw() * limit) >> 32;
}

bool one_in(__u32 n)
{
	return !below(n);
}

void draw_octets(__u8 *to, size_t length)
{
	while (length--)
		*to++ = draw();
}
