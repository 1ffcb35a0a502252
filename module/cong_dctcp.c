// SPDX-License-Identifier: GPL-2.0
/*
 * DCTCP, RFC 8257: the window goes down by as much as there are marks, for networks
 * whose queues mark early (a data centre's). Losses are answered as Reno does, and
 * so is everything when the peer does not know ECN.
 *
 * Section 6: it is no neighbour for others, who react more to a mark. So it is not
 * for everybody, unless it stands in allowed_congestion_control.
 */
#include <linux/build_bug.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "cong.h"
#include "seq.h"

/* DCTCP.Alpha is a fraction of this many parts. */
#define DCTCP_ALPHA_ONE		1024U
/* RFC 8257 section 4.2: g, the weight of the last window, is 1/16. */
#define DCTCP_SHIFT_G		4

/**
 * struct dctcp - in mytcp_cong.priv
 * @acked: DCTCP.BytesAcked: octets acknowledged in this window
 * @marked: DCTCP.BytesMarked: of these, those that were marked
 * @alpha: DCTCP.Alpha: which part of the octets is marked, the latest windows first
 * @window_end: DCTCP.WindowEnd: the sequence number that ends it
 * @begun: @window_end means something
 */
struct dctcp {
	u64 acked;
	u64 marked;
	u32 alpha;
	u32 window_end;
	bool begun;
};

static struct dctcp *dctcp_of(struct mytcp_cong *c)
{
	BUILD_BUG_ON(sizeof(struct dctcp) > sizeof(c->priv));
	return (struct dctcp *)c->priv;
}

static void dctcp_begin_window(struct dctcp *d, u32 end)
{
	d->acked = 0;
	d->marked = 0;
	d->window_end = end;
	d->begun = true;
}

/* RFC 8257 section 3.3: before anything is known, half is right. */
static void dctcp_init(struct mytcp_cong *c)
{
	dctcp_of(c)->alpha = DCTCP_ALPHA_ONE;
}

/*
 * RFC 8257 section 3.3 (4), (5). It goes down by 1 at least, or it would stay above 0
 * for ever: section 4.2.
 */
static u32 dctcp_average(u32 alpha, u64 marked, u64 acked)
{
	u32 m = div64_u64(marked * DCTCP_ALPHA_ONE, acked);

	alpha -= max(alpha >> DCTCP_SHIFT_G, min(alpha, 1U));
	return min(alpha + (m >> DCTCP_SHIFT_G), DCTCP_ALPHA_ONE);
}

/* RFC 8257 section 3.3 (1) to (7) */
static void dctcp_acked(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	struct dctcp *d = dctcp_of(c);

	/* Section 3.3: WindowEnd is SND.UNA at first. */
	if (!d->begun)
		dctcp_begin_window(d, s->snd_una - s->bytes_acked);
	d->acked += s->bytes_acked;
	if (s->ece)
		d->marked += s->bytes_acked;
	if (!d->acked || !seq_after(s->snd_una, d->window_end))
		return;
	d->alpha = dctcp_average(d->alpha, d->marked, d->acked);
	dctcp_begin_window(d, s->snd_nxt);
}

/* RFC 8257 section 3.3 (8): cwnd = cwnd * (1 - DCTCP.Alpha / 2) */
static u32 dctcp_ecn_ssthresh(struct mytcp_cong *c)
{
	return c->cwnd - (u32)((u64)c->cwnd * dctcp_of(c)->alpha / (2 * DCTCP_ALPHA_ONE));
}

/* RFC 8257 section 3.5: a loss is a loss. */
static u32 dctcp_ssthresh(struct mytcp_cong *c, u32 in_flight)
{
	return mytcp_cong_reno.ssthresh(c, in_flight);
}

static void dctcp_cong_avoid(struct mytcp_cong *c, const struct mytcp_ack_sample *s)
{
	mytcp_cong_reno.cong_avoid(c, s);
}

static u32 dctcp_undo_cwnd(struct mytcp_cong *c)
{
	return mytcp_cong_reno.undo_cwnd(c);
}

struct mytcp_cong_ops mytcp_cong_dctcp = {
	.name		= "dctcp",
	.needs_ecn	= true,
	.init		= dctcp_init,
	.ssthresh	= dctcp_ssthresh,
	.ecn_ssthresh	= dctcp_ecn_ssthresh,
	.acked		= dctcp_acked,
	.cong_avoid	= dctcp_cong_avoid,
	.undo_cwnd	= dctcp_undo_cwnd,
};
