// SPDX-License-Identifier: GPL-2.0
/*
 * Passive opens without state: see stateless.h.
 *
 * The price: a SYN-ACK that is lost is not sent again but for another SYN; text that
 * comes with the SYN has to come again; of the options only those that fit into the
 * cookie are agreed upon; and when the final ACK is lost, so that the first segment
 * to come is not the one right behind the SYN, the connection is reset. Therefore
 * requests (request.h) are the rule and cookies what is done when there are too many.
 */
#include <linux/time64.h>

#include "clock.h"
#include "cookie.h"
#include "listen.h"
#include "request.h"
#include "secret.h"
#include "stateless.h"
#include "stats.h"

/* A listener need not note more often that it sends cookies. */
#define STATELESS_NOTE_NS	NSEC_PER_SEC

#define STATELESS_LIFE_NS	(MYTCP_COOKIE_MINUTES * 60 * NSEC_PER_SEC)

/*
 * Only whoever has sent cookies of late believes in them: else any ACK for its port
 * would be a try to guess one.
 */
static void stateless_note(struct mytcp_sock *lms, u64 now)
{
	u64 last = READ_ONCE(lms->cookie_ns);

	if (!last || now - last > STATELESS_NOTE_NS)
		WRITE_ONCE(lms->cookie_ns, now);
}

static bool stateless_noted(const struct mytcp_sock *lms, u64 now)
{
	u64 last = READ_ONCE(lms->cookie_ns);

	/* Another processor's clock may be ahead of what this one has read. */
	return last && (s64)(now - last) <=
		       (s64)(STATELESS_LIFE_NS + STATELESS_NOTE_NS);
}

/*
 * SYN
 */

static u32 stateless_isn(const struct mytcp_request *req)
{
	const struct mytcp_tuple *tuple = &req->node.tuple;
	struct mytcp_secret_input in = mytcp_secret_input(tuple);
	struct mytcp_cookie what = {
		.mss = req->mss,
		.ts_ok = req->ts_ok,
	};

	return mytcp_cookie_make(&mytcp_pernet(tuple->net)->cookie_key, &in, sizeof(in),
				 req->irs, req->synack_sent, &what);
}

static u32 stateless_ts(const struct mytcp_request *req)
{
	struct mytcp_cookie_options what = {
		.wscale_ok = req->wscale_ok,
		.wscale = req->snd_wscale,
		.sack_ok = req->sack_ok,
		.ecn_ok = req->ecn_ok,
	};

	return mytcp_cookie_ts_make(mytcp_ts_at(req->synack_sent, 0), &what) +
	       req->ts_offset;
}

/**
 * mytcp_stateless_syn() - answer a SYN by a cookie
 * @listener: not locked
 * @skb: the SYN; consumed
 * @tuple: its addresses and ports
 * @seg: what it says
 *
 * Without timestamps there is no room for window scale, SACK and ECN: they are not
 * agreed upon then.
 *
 * Context: soft-irq, RCU.
 */
void mytcp_stateless_syn(struct sock *listener, struct sk_buff *skb,
			 const struct mytcp_tuple *tuple,
			 const struct mytcp_segment *seg)
{
	struct mytcp_request req = {};
	struct mytcp_segment syn = *seg;

	if (!syn.opt.has_ts || !READ_ONCE(tuple->net->ipv4.sysctl_tcp_timestamps)) {
		syn.opt.has_wscale = false;
		syn.opt.sack_ok = false;
	}
	if (!mytcp_request_fill(&req, listener, skb, tuple, &syn)) {
		kfree(req.back);
		kfree_skb(skb);
		return;
	}
	req.ecn_ok = req.ts_ok && mytcp_request_ecn(&req, skb, seg);
	req.mss = mytcp_cookie_mss(req.mss ?: MYTCP_MSS_DEFAULT);
	req.iss = stateless_isn(&req);

	stateless_note(mytcp_sk(listener), req.synack_sent);
	mytcp_count(tuple->net, syncookies_sent);
	mytcp_request_synack(&req, stateless_ts(&req), false, NULL);
	kfree(req.back);
	consume_skb(skb);
}

/*
 * ACK of our SYN
 */

/* The echo brings back what was agreed upon. False: it is none of ours. */
static bool stateless_options(const struct mytcp_tuple *tuple,
			      const struct mytcp_segment *ack, u64 now,
			      struct mytcp_segment *syn)
{
	struct mytcp_options *opt = &syn->opt;
	u32 ts = ack->opt.ts_ecr - mytcp_tuple_ts_offset(tuple);
	struct mytcp_cookie_options what;

	if (!mytcp_cookie_ts_open(ts, mytcp_ts_at(now, 0), &what))
		return false;
	opt->ts_val = ack->opt.ts_val;
	opt->has_wscale = what.wscale_ok;
	opt->wscale = what.wscale;
	opt->sack_ok = what.sack_ok;
	if (what.ecn_ok)
		syn->flags |= MYTCP_FLAG_ECE | MYTCP_FLAG_CWR;
	return true;
}

/*
 * What the SYN was like, as far as the cookie tells. False: it is no cookie, or too
 * old, or for another tuple or other sequence numbers.
 */
static bool stateless_syn_of(const struct mytcp_tuple *tuple,
			     const struct mytcp_segment *ack, u64 now,
			     struct mytcp_segment *syn)
{
	struct mytcp_secret_input in = mytcp_secret_input(tuple);
	struct mytcp_cookie what;

	*syn = (struct mytcp_segment) {
		.seq = ack->seq - 1,
		.flags = MYTCP_FLAG_SYN,
	};
	if (!mytcp_cookie_open(&mytcp_pernet(tuple->net)->cookie_key, &in, sizeof(in),
			       syn->seq, ack->ack - 1, now, &what))
		return false;
	syn->opt.mss = what.mss;
	syn->opt.has_ts = what.ts_ok;
	return !what.ts_ok || !ack->opt.has_ts ||
	       stateless_options(tuple, ack, now, syn);
}

/* What such an ACK's SYN was like. False: no cookies are sent, or it brings none back. */
static bool stateless_open(const struct sock *listener, const struct mytcp_tuple *tuple,
			   const struct mytcp_segment *ack, struct mytcp_segment *syn)
{
	u64 now = mytcp_clock();

	if (!READ_ONCE(tuple->net->ipv4.sysctl_tcp_syncookies) ||
	    !stateless_noted(mytcp_sk(listener), now))
		return false;
	if (stateless_syn_of(tuple, ack, now, syn))
		return true;
	mytcp_count(tuple->net, syncookies_failed);
	return false;
}

/**
 * mytcp_stateless_sent() - is this the ACK of a cookie of ours?
 * @listener: not locked
 * @tuple: its addresses and ports
 * @seg: what it says: ACK, neither SYN nor RST
 *
 * Context: soft-irq, RCU.
 * Return: false when it is not.
 */
bool mytcp_stateless_sent(const struct sock *listener, const struct mytcp_tuple *tuple,
			  const struct mytcp_segment *seg)
{
	struct mytcp_segment syn;

	return stateless_open(listener, tuple, seg, &syn);
}

/* An administrator may have switched off what was agreed upon a moment ago. */
static bool stateless_still_allowed(const struct mytcp_request *req,
				    const struct mytcp_options *agreed)
{
	return req->ts_ok == agreed->has_ts && req->sack_ok == agreed->sack_ok &&
	       req->wscale_ok == agreed->has_wscale;
}

/* The request as it was when the SYN-ACK went out; all zero before. */
static bool stateless_restore(struct mytcp_request *req, struct sock *listener,
			      struct sk_buff *skb, const struct mytcp_tuple *tuple,
			      const struct mytcp_segment *ack,
			      const struct mytcp_segment *syn)
{
	if (!mytcp_listen_lsm_allows(listener, skb, tuple) ||
	    !mytcp_request_fill(req, listener, skb, tuple, syn) ||
	    !stateless_still_allowed(req, &syn->opt))
		return false;
	req->ecn_ok = mytcp_request_ecn(req, NULL, syn);
	req->iss = ack->ack - 1;
	/* When that was is not known. */
	req->synack_sent = 0;
	return true;
}

/* Consumes skb. */
static void stateless_establish(struct sock *listener, struct sk_buff *skb,
				const struct mytcp_tuple *tuple,
				const struct mytcp_segment *ack,
				const struct mytcp_segment *syn)
{
	struct mytcp_request req = {};

	/* The peer will say again what it has to say, and knock once more. */
	if (sk_acceptq_is_full(listener)) {
		mytcp_count(tuple->net, backlog_drops);
		goto drop;
	}
	if (!stateless_restore(&req, listener, skb, tuple, ack, syn))
		goto drop;
	if (!refcount_inc_not_zero(&listener->sk_refcnt))
		goto drop;
	if (mytcp_request_establish(&req, skb, mytcp_request_publish_child))
		mytcp_count(tuple->net, passive_opens);
	sock_put(listener);
	kfree(req.back);
	return;
drop:
	kfree(req.back);
	kfree_skb(skb);
}

/**
 * mytcp_stateless_ack() - an ACK that belongs to nothing: does it bring a cookie back?
 * @listener: not locked
 * @skb: the segment; consumed if so
 * @tuple: its addresses and ports
 * @seg: what it says: ACK, neither SYN nor RST
 *
 * The child takes what text or FIN there is. Its own window scale is what it was
 * unless the listener's buffer has been changed since the SYN.
 *
 * Context: soft-irq, RCU.
 * Return: false when it does not.
 */
bool mytcp_stateless_ack(struct sock *listener, struct sk_buff *skb,
			 const struct mytcp_tuple *tuple,
			 const struct mytcp_segment *seg)
{
	struct mytcp_segment syn;

	if (!stateless_open(listener, tuple, seg, &syn))
		return false;
	mytcp_count(tuple->net, syncookies_recv);
	/* RFC 7323 section 3.2: dropped, and the peer tries again. */
	if (syn.opt.has_ts && !seg->opt.has_ts) {
		mytcp_count(tuple->net, ts_missing);
		kfree_skb(skb);
		return true;
	}
	stateless_establish(listener, skb, tuple, seg, &syn);
	return true;
}
