// SPDX-License-Identifier: GPL-2.0
/*
 * Window arithmetic: see window.h.
 */
#include <linux/align.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/minmax.h>

#include "window.h"
#include "wire.h"

/* Bits of the window field, RFC 9293 section 3.1. */
#define WND_FIELD_BITS	16

u8 mytcp_select_wscale(u32 max_rcvbuf_space)
{
	if (max_rcvbuf_space <= MYTCP_WND_FIELD_MAX)
		return 0;
	return min_t(u8, ilog2(max_rcvbuf_space) - (WND_FIELD_BITS - 1),
		     MYTCP_WSCALE_MAX);
}

u32 mytcp_window_growth(u32 ssthresh, u32 len, u32 cost, u32 most, u32 advmss, u32 rcv_mss)
{
	if (cost <= len)
		return max(2 * advmss, 2 * len);
	do {
		cost /= 2;
		most /= 2;
		if (ssthresh > most)
			return 0;
	} while (cost > len);
	return max(2 * rcv_mss, 2 * len);
}

u32 mytcp_select_window(u32 free_space, u32 full_space, u32 mss, u32 cur_wnd,
			u8 wscale)
{
	u32 unit = 1U << wscale;
	/* RFC 9293 section 3.8.6.2.2: min(Fr * RCV.BUFF, Eff.snd.MSS), Fr 1/2 */
	u32 step = min(full_space / 2, mss);
	/* A held edge between two units goes up to the next. */
	u32 wnd = ALIGN(cur_wnd, unit);

	/* Not more than there is; but where the unit is larger than the buffer,
	 * rounding down would close the window for good.
	 */
	if (free_space > cur_wnd && free_space - cur_wnd >= step)
		wnd = max(wnd, full_space < unit ? unit :
			       round_down(free_space, unit));
	return min(wnd, MYTCP_WND_FIELD_MAX << wscale);
}

bool mytcp_sws_send_ok(u32 len, u32 mss, u32 max_snd_wnd, bool push_all,
		       bool nagle_on, bool unacked)
{
	if (!len)
		return false;
	/* (1) a full segment */
	if (len >= mss)
		return true;
	/* RFC 9293 section 3.7.4: the bracketed condition of (2) and (3) */
	if (nagle_on && unacked)
		return false;
	/* (2) all that there is; (3) half of the largest window, Fs 1/2 */
	return push_all || len >= max_snd_wnd - max_snd_wnd / 2;
}
