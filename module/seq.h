/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sequence number arithmetic, RFC 9293 section 3.4.
 *
 * Sequence numbers live on a circle of 2^32. Two of them can be ordered only
 * when they are less than 2^31 apart; windows are at most 2^30 (RFC 7323
 * section 2.3), so everything that a connection compares is.
 */
#ifndef _MYTCP_SEQ_H
#define _MYTCP_SEQ_H

#include <linux/types.h>

/**
 * seq_before() - does @a come before @b?
 * @a: sequence number
 * @b: sequence number, less than 2^31 away from @a
 *
 * Return: true when @a < @b, modulo 2^32.
 */
static inline bool seq_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/**
 * seq_after() - does @a come after @b?
 * @a: sequence number
 * @b: sequence number, less than 2^31 away from @a
 *
 * Return: true when @a > @b, modulo 2^32.
 */
static inline bool seq_after(u32 a, u32 b)
{
	return seq_before(b, a);
}

/**
 * seq_before_eq() - is @a equal to @b or before it?
 * @a: sequence number
 * @b: sequence number, less than 2^31 away from @a
 *
 * Return: true when @a <= @b, modulo 2^32.
 */
static inline bool seq_before_eq(u32 a, u32 b)
{
	return !seq_before(b, a);
}

/**
 * seq_after_eq() - is @a equal to @b or after it?
 * @a: sequence number
 * @b: sequence number, less than 2^31 away from @a
 *
 * Return: true when @a >= @b, modulo 2^32.
 */
static inline bool seq_after_eq(u32 a, u32 b)
{
	return !seq_before(a, b);
}

/**
 * seq_between() - does @s lie in a closed interval?
 * @s: sequence number
 * @lo: first sequence number of the interval
 * @hi: last sequence number of the interval; the interval goes up from @lo to
 *	@hi and may be of any length, since nothing is compared by halves of
 *	the circle
 *
 * Return: true when @lo <= @s <= @hi, modulo 2^32.
 */
static inline bool seq_between(u32 s, u32 lo, u32 hi)
{
	return s - lo <= hi - lo;
}

/**
 * seq_max() - the later of two sequence numbers
 * @a: sequence number
 * @b: sequence number, less than 2^31 away from @a
 *
 * Return: whichever of @a and @b is after the other.
 */
static inline u32 seq_max(u32 a, u32 b)
{
	return seq_before(a, b) ? b : a;
}

/**
 * seq_min() - the earlier of two sequence numbers
 * @a: sequence number
 * @b: sequence number, less than 2^31 away from @a
 *
 * Return: whichever of @a and @b is before the other.
 */
static inline u32 seq_min(u32 a, u32 b)
{
	return seq_before(a, b) ? a : b;
}

/**
 * seq_acceptable() - is a segment acceptable?
 * @seg_seq: SEG.SEQ
 * @seg_len: SEG.LEN, octets of payload plus one each for SYN and FIN
 * @rcv_nxt: RCV.NXT
 * @rcv_wnd: RCV.WND in octets (scaled), at most 2^30
 *
 * RFC 9293 section 3.10.7.4, first: the four cases of table 6. A segment of
 * some length is judged by its first and by its last octet, as the table says:
 * one that begins before the window and ends after it is not acceptable.
 *
 * Return: true when the segment is acceptable.
 */
static inline bool seq_acceptable(u32 seg_seq, u32 seg_len, u32 rcv_nxt,
				  u32 rcv_wnd)
{
	u32 first = seg_seq - rcv_nxt;

	if (!rcv_wnd)
		return !seg_len && !first;
	if (first < rcv_wnd)
		return true;
	return seg_len && first + seg_len - 1 < rcv_wnd;
}

#endif /* _MYTCP_SEQ_H */
