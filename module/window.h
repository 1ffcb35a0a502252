/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Window arithmetic: how much to offer, when to send, and the silly window
 * syndrome avoided on both sides. RFC 9293 sections 3.7.4 and 3.8.6.2,
 * RFC 7323 section 2.
 *
 * All windows and spaces are octets, after scaling.
 */
#ifndef _MYTCP_WINDOW_H
#define _MYTCP_WINDOW_H

#include <linux/types.h>

/* RFC 9293 section 3.1: what the window field of a header can say. */
#define MYTCP_WND_FIELD_MAX	65535U

/**
 * mytcp_select_wscale() - window scale to announce on a SYN
 * @max_rcvbuf_space: largest window that the receive buffer may ever grow to
 *
 * Return: the least shift of RFC 7323 section 2.2 with which that much, shifted
 * right by it, fits in the window field; at most 14.
 *
 * Rules: 7323-2.3-4
 */
u8 mytcp_select_wscale(u32 max_rcvbuf_space);

/**
 * mytcp_window_growth() - by how much a segment that came opens the window
 * @ssthresh: the most that is announced today
 * @len: octets of the segment's payload, not 0
 * @cost: octets of payload for which the memory is meant that it takes
 * @most: octets of the largest window that there may ever be
 * @advmss: largest segment that the peer may send
 * @rcv_mss: largest of those that it does send
 *
 * Two segments for one, as a sender in slow start will want. With such as cost twice
 * what they carry only up to half of @most, and so on: a window filled with them
 * would need no more memory than there is. As Linux's tcp_grow_window().
 *
 * Return: octets, 0 when the window is large enough for such segments.
 */
u32 mytcp_window_growth(u32 ssthresh, u32 len, u32 cost, u32 most, u32 advmss, u32 rcv_mss);

/**
 * mytcp_select_window() - window to announce now
 * @free_space: octets that the receive buffer can still take; 0 when it is over
 *	committed
 * @full_space: octets that it can take when it is empty
 * @mss: largest segment to be expected (Eff.snd.MSS seen from here)
 * @cur_wnd: what is left of the window announced last, its right edge minus
 *	RCV.NXT
 * @wscale: window scale that the peer applies; 0 for the window of a SYN
 *
 * RFC 9293 section 3.8.6.2.2 (MUST-39): the right edge stays where it is until
 * it can move by @mss or by half of the buffer; then all free space is offered.
 * It never moves back (RFC 9293 section 3.8.6, SHLD-14): the window is at least
 * @cur_wnd even when the buffer has filled up otherwise.
 *
 * The result is a multiple of the scale's unit, so that the peer gets exactly
 * this value and the caller can remember it. A held edge that is not on a unit
 * goes up to the next one: the other choice of RFC 7323 section 2.4 would take
 * back what was promised.
 *
 * Return: window in octets, at most 65535 << @wscale; the field in the header is
 * this shifted right by @wscale.
 *
 * Rules: 7323-2.4-3
 */
u32 mytcp_select_window(u32 free_space, u32 full_space, u32 mss, u32 cur_wnd,
			u8 wscale);

/**
 * mytcp_sws_send_ok() - is a segment worth sending?
 * @len: octets of data that can be sent now, min(D,U): no more than queued and
 *	no more than the usable window
 * @mss: largest segment (Eff.snd.MSS)
 * @max_snd_wnd: largest window that the peer has ever offered
 * @push_all: the data are pushed, and @len is all that is queued
 * @nagle_on: the Nagle algorithm is in force
 * @unacked: something sent is not acknowledged yet (SND.NXT > SND.UNA)
 *
 * RFC 9293 section 3.8.6.2.1 rules (1) to (3) (MUST-38) and section 3.7.4
 * (SHLD-7). Rule (4), the override timeout, is the caller's.
 *
 * Return: true when a segment of min(@len, @mss) octets may go out.
 *
 * Rules: MUST-17
 */
bool mytcp_sws_send_ok(u32 len, u32 mss, u32 max_snd_wnd, bool push_all,
		       bool nagle_on, bool unacked);

#endif /* _MYTCP_WINDOW_H */
