// SPDX-License-Identifier: GPL-2.0
/*
 * Target "rules": the lowest floor, module by module, with arguments of any value that
 * its header allows, and what the header promises.
 */
#include <linux/math64.h>
#include <linux/siphash.h>
#include <linux/time64.h>

#include "../../module/cong.h"
#include "../../module/cong_bbr.h"
#include "../../module/cookie.h"
#include "../../module/drs.h"
#include "../../module/fastopen_cookie.h"
#include "../../module/fastopen_limit.h"
#include "../../module/hystart.h"
#include "../../module/isn.h"
#include "../../module/plpmtud.h"
#include "../../module/prr.h"
#include "../../module/rack.h"
#include "../../module/rate.h"
#include "../../module/ratelimit.h"
#include "../../module/rtt.h"
#include "../../module/seq.h"
#include "../../module/window.h"
#include "target.h"

/* Longer than the life of any host, in nanoseconds: 36 years */
#define CLOCK_MAX	BIT_ULL(60)

/* seq.h: the same question asked of the octets one by one, in 64 bits */
static void rules_seq(struct tape *t)
{
	u32 nxt = tape_u32(t), wnd = tape_any(t) & 0x3fffffff;
	u32 seq = nxt + (u32)tape_any(t) - (u32)tape_any(t);
	u32 len = tape_any(t) & 0xffff;
	s64 first = (s32)(seq - nxt), last = first + (len ? len - 1 : 0);
	bool in_first = first >= 0 && first < wnd, in_last = last >= 0 && last < wnd;

	/* Where halves of the circle meet nothing is before or after. */
	if (first >= 0x7fff0000ll || first < -0x7fff0000ll)
		return;
	if (!wnd)
		FUZZ_CHECK(seq_acceptable(seq, len, nxt, wnd) == (!len && !first));
	else
		FUZZ_CHECK(seq_acceptable(seq, len, nxt, wnd) ==
			   (in_first || (len && in_last)));
	FUZZ_CHECK(seq_before(seq, nxt) == (first < 0));
	FUZZ_CHECK(seq_max(seq, nxt) == (first < 0 ? nxt : seq));
	FUZZ_CHECK(seq_min(seq, nxt) == (first < 0 ? seq : nxt));
}

static void rules_rtt(struct tape *t)
{
	u32 least = MYTCP_RTT_NONE_US, now_ms = tape_u32(t);
	struct mytcp_rtt r;
	u64 srtt;

	mytcp_rtt_init(&r, MYTCP_RTO_INIT_US);
	while (tape_more(t)) {
		u8 what = tape_u8(t);
		u32 us = tape_any(t);

		switch (what & 3) {
		case 0:
			mytcp_rtt_sample(&r, us, MYTCP_RTO_MIN_US, MYTCP_RTO_MAX_US);
			FUZZ_CHECK(!r.backoff && r.srtt_us);
			break;
		case 1:
			mytcp_rtt_backoff(&r);
			break;
		case 2:
			mytcp_rtt_syn_lost(&r);
			break;
		case 3:
			now_ms += us & 0xffff;
			mytcp_rtt_least(&r, us, now_ms, 300000);
			least = min(least, clamp_t(u32, us, 1, MYTCP_RTT_MAX_US));
			FUZZ_CHECK(r.min_rtt_us >= least);
			FUZZ_CHECK(r.min_rtt_us <= MYTCP_RTT_MAX_US);
			break;
		}
		srtt = r.srtt_us >> 3;
		FUZZ_CHECK(srtt <= MYTCP_RTT_MAX_US);
		FUZZ_CHECK(r.rto_us >= min_t(u64, srtt + MYTCP_RTO_MIN_US, MYTCP_RTO_MAX_US) ||
			   !r.srtt_us);
		FUZZ_CHECK(r.rto_us <= MYTCP_RTO_MAX_US);
		FUZZ_CHECK(mytcp_rtt_rto(&r, MYTCP_RTO_MAX_US) >= r.rto_us);
		FUZZ_CHECK(mytcp_rtt_rto(&r, MYTCP_RTO_MAX_US) <= MYTCP_RTO_MAX_US);
	}
}

static void rules_window(struct tape *t)
{
	u8 scale = tape_u8(t) % (MYTCP_WSCALE_MAX + 1);
	u32 most = MYTCP_WND_FIELD_MAX << scale;
	u32 full = tape_any(t) & 0x7fffffff;
	u32 free = min_t(u32, tape_any(t), full);
	u32 mss = 1 + (tape_any(t) & 0xffff);
	/* What was announced before was a multiple then, and is used up since. */
	u32 cur = min_t(u32, tape_any(t), most);
	u32 wnd = mytcp_select_window(free, full, mss, cur, scale);
	u8 chosen = mytcp_select_wscale(full);

	FUZZ_CHECK(wnd >= cur && wnd <= most);
	FUZZ_CHECK(!(wnd & ((1u << scale) - 1)));
	/* Not more than there is, but for what was promised, or a unit */
	FUZZ_CHECK(wnd <= max3(free, ALIGN(cur, 1u << scale), 1u << scale));
	FUZZ_CHECK(chosen <= MYTCP_WSCALE_MAX);
	FUZZ_CHECK(full >> chosen <= MYTCP_WND_FIELD_MAX || chosen == MYTCP_WSCALE_MAX);
	FUZZ_CHECK(!chosen || full >> (chosen - 1) > MYTCP_WND_FIELD_MAX);
	mytcp_window_growth(tape_any(t), 1 + (tape_any(t) & 0xffff), tape_any(t) & 0xffffff,
			    tape_any(t) & 0x3fffffff, mss, mss);
	/* A full segment may always go, nothing never */
	FUZZ_CHECK(mytcp_sws_send_ok(mss, mss, cur, false, true, true));
	FUZZ_CHECK(!mytcp_sws_send_ok(0, mss, cur, true, false, false));
}

static void rules_rack(struct tape *t)
{
	u64 now = 1 + tape_u64(t) % CLOCK_MAX;
	u32 una = tape_u32(t);
	struct mytcp_rack r;
	u32 window, srtt;

	mytcp_rack_init(&r, una);
	while (tape_more(t)) {
		u8 what = tape_u8(t);
		struct mytcp_rack_segment s = {
			.resent = what & 16,
			.echo_older = what & 32,
		};

		switch (what & 7) {
		case 0:
			una += tape_u16(t);
			mytcp_rack_ack(&r, una);
			break;
		case 1:
			mytcp_rack_duplicate(&r, una + tape_u16(t));
			break;
		case 2:
			mytcp_rack_recovered(&r);
			break;
		default:
			now += tape_any(t) % (1ull << 40);
			s.xmit_ns = now + NSEC_PER_SEC - tape_any(t) % now;
			s.end_seq = una + tape_u16(t) - tape_u16(t);
			mytcp_rack_delivered(&r, &s, now, tape_any(t));
			/* Nothing is delivered before it was sent */
			FUZZ_CHECK(r.xmit_ns <= now);
			break;
		}
		FUZZ_CHECK(r.reo_wnd_mult >= 1);
		FUZZ_CHECK(!r.reo_wnd_persist || r.reo_wnd_mult > 1);
		srtt = tape_any(t);
		window = mytcp_rack_window(&r, srtt, tape_any(t), what & 64, what >> 7);
		FUZZ_CHECK(window <= srtt);
	}
}

static void rules_prr(struct tape *t)
{
	/* ssthresh comes of a window that was not much larger than what it had sent */
	u32 flight = tape_any(t) & 0xffffff, ssthresh = 2 + tape_any(t) % (16 * flight + 1);
	struct mytcp_prr p;
	int steps;

	mytcp_prr_begin(&p, flight);
	for (steps = 0; tape_more(t) && steps < 256; steps++) {
		u32 pipe = tape_any(t) & 0xffffff, delivered = tape_any(t) & 0xffff;
		bool retransmit = tape_u8(t) & 1;
		u32 window = mytcp_prr_window(&p, ssthresh, pipe, delivered, retransmit);

		FUZZ_CHECK(window >= pipe + retransmit);
		/* The window goes down to ssthresh: only what a repeat needs is beyond */
		if (pipe <= ssthresh)
			FUZZ_CHECK(window <= max(ssthresh, pipe + retransmit));
		p.out += min(window - pipe, tape_any(t) & 0xffff);
	}
}

static void rules_rate(struct tape *t)
{
	struct mytcp_rate r = { .delivered = tape_u32(t), .lost = tape_u32(t) };
	struct mytcp_rate_mark marks[4] = { };
	u32 now = tape_u32(t), seq = tape_u32(t);
	int i;

	while (tape_more(t)) {
		struct mytcp_rate_sample s = { };
		struct mytcp_rate_flight flight = { .in_flight = 1, .lost = r.lost };
		u8 what = tape_u8(t);

		now += tape_any(t) & 0xffffff;
		i = what & 3;
		if (what & 4)
			mytcp_rate_sent(&r, &marks[i], now, what & 8);
		if (what & 16)
			mytcp_rate_app_limited(&r, tape_u16(t));
		if (what & 32) {
			struct mytcp_rate_segment p = {
				.mark = &marks[i],
				.flight = &flight,
				.sent_us = now - tape_u16(t),
				.end_seq = seq + tape_u8(t),
				.segments = 1 + tape_u8(t),
				.app_limited = what & 64,
				.resent = what & 128,
			};

			mytcp_rate_delivered(&r, &s, &p, now);
			FUZZ_CHECK(s.has_data && r.delivered_us == now);
		}
		mytcp_rate_generate(&r, &s, tape_any(t) & 0xffffff);
		FUZZ_CHECK(s.has_data || !s.interval_us);
		mytcp_rate_bytes(&r, 1 + tape_u16(t));
	}
}

/* What any algorithm must leave behind */
static void rules_cong_check(const struct mytcp_cong *c)
{
	FUZZ_CHECK(c->cwnd >= 1 && c->cwnd <= MYTCP_CWND_MAX);
	FUZZ_CHECK(c->ssthresh >= MYTCP_SSTHRESH_MIN);
	FUZZ_CHECK(c->state <= MYTCP_CONG_LOSS);
}

struct rules_path {
	u64 now;
	u32 una;
	u32 delivered;
	u32 lost;
	u32 mss;
};

static void rules_cong_ack(struct mytcp_cong *c, struct rules_path *path, struct tape *t)
{
	u8 how = tape_u8(t);
	struct mytcp_rate_sample rate = {
		.has_data = how & 1,
		.app_limited = how & 2,
		.delivered = tape_any(t) & 0xffffff,
		.interval_us = tape_any(t) & 0x7fffffff,
		.lost = tape_any(t) & 0xffff,
		.tx_in_flight = tape_any(t) & 0xffffff,
		.prior_delivered = path->delivered - tape_u16(t),
	};
	struct mytcp_ack_sample s = {
		.acked = tape_any(t) & 0xffff,
		.in_flight = tape_any(t) & 0xffffff,
		.rtt_us = how & 4 ? (s32)(tape_any(t) & 0x0fffffff) : -1,
		.srtt_us = tape_any(t) & 0x0fffffff,
		.burst = how & 8 ? U32_MAX : tape_u8(t),
		.exact = how & 16,
		.cwnd_limited = how & 32,
		.window_used = how & 64,
		.ece = how & 128,
		.rate = &rate,
		.now_in_flight = tape_any(t) & 0xffffff,
		.mss = path->mss,
	};

	path->now += tape_any(t) % (1ull << 42);
	path->delivered += s.acked;
	s.bytes_acked = s.acked * path->mss;
	path->una += s.bytes_acked;
	s.now_ns = path->now;
	s.snd_una = path->una;
	s.snd_nxt = path->una + s.now_in_flight * path->mss;
	s.delivered = path->delivered;
	mytcp_cong_on_ack(c, &s);
	/* Who decides all by itself says how fast, too. */
	if (mytcp_cong_controls(c)) {
		c->ops->cong_control(c, &s);
		FUZZ_CHECK(c->pacing_rate);
	}
}

static void rules_cong_loss(struct mytcp_cong *c, struct rules_path *path, struct tape *t)
{
	u8 how = tape_u8(t);
	struct mytcp_loss_sample l = {
		.segments = 1 + tape_u8(t),
		.tx_in_flight = tape_any(t) & 0xffffff,
		.delivered = path->delivered,
		.now_ns = path->now,
		.app_limited = how & 1,
		.sack = how & 2,
	};

	l.lost = l.segments + tape_u8(t);
	mytcp_cong_on_loss(c, &l);
}

/* An event, where the diagram of cong.h has an arrow for it */
static void rules_cong_event(struct mytcp_cong *c, struct rules_path *path, struct tape *t)
{
	u32 flight = tape_any(t) & 0xffffff;

	switch (tape_u8(t) % 7) {
	case 0:
		mytcp_cong_on_rto(c, flight);
		break;
	case 1:
		if (c->state != MYTCP_CONG_RECOVERY)
			mytcp_cong_enter_recovery(c, flight);
		break;
	case 2:
		if (c->state == MYTCP_CONG_OPEN)
			mytcp_cong_enter_cwr(c);
		break;
	case 3:
		if (c->state == MYTCP_CONG_CWR)
			mytcp_cong_exit_cwr(c);
		else
			mytcp_cong_exit_recovery(c);
		break;
	case 4:
		if (c->state != MYTCP_CONG_OPEN)
			mytcp_cong_undo(c);
		break;
	case 5:
		mytcp_cong_idle_restart(c, mytcp_iw(path->mss), tape_any(t) & 0xffffffffff,
					1 + (tape_any(t) & 0xfffffff));
		break;
	case 6:
		if (c->ops->send_start)
			c->ops->send_start(c, path->now, flight & 1);
		break;
	}
}

static void rules_cong(struct tape *t)
{
	static const struct mytcp_cong_ops *const algorithms[] = {
		&mytcp_cong_cubic, &mytcp_cong_reno, &mytcp_cong_bbr, &mytcp_cong_dctcp,
	};
	struct rules_path path = {
		.now = NSEC_PER_SEC + tape_any(t) % CLOCK_MAX,
		.una = tape_u32(t),
		.mss = 8 + (tape_any(t) & 0xffff) % 65528,
	};
	struct mytcp_cong c;

	mytcp_cong_init(&c, algorithms[tape_u8(t) & 3],
			tape_u8(t) & 1 ? 1 : mytcp_iw(path.mss));
	while (tape_more(t)) {
		switch (tape_u8(t) & 3) {
		case 0:
			rules_cong_event(&c, &path, t);
			break;
		case 1:
			rules_cong_loss(&c, &path, t);
			break;
		default:
			rules_cong_ack(&c, &path, t);
			break;
		}
		rules_cong_check(&c);
	}
	mytcp_cong_release(&c);
}

static void rules_hystart(struct tape *t)
{
	struct mytcp_hystart h;
	u32 opened = 0, una = tape_u32(t);
	u64 acked = 0;

	mytcp_hystart_init(&h);
	while (tape_more(t)) {
		struct mytcp_ack_sample s = {
			.acked = 1 + tape_u8(t),
			.rtt_us = tape_u8(t) & 1 ? (s32)(tape_any(t) & 0xfffffff) : -1,
		};
		u32 growth, burst = tape_u8(t) & 1 ? U32_MAX : tape_u8(t);

		una += tape_u16(t);
		s.snd_una = una;
		s.snd_nxt = una + tape_u16(t);
		if (mytcp_hystart_ack(&h, &s))
			break;
		growth = mytcp_hystart_growth(&h, s.acked, burst);
		acked += s.acked;
		opened += growth;
		FUZZ_CHECK(opened <= acked);
	}
}

static void rules_drs(struct tape *t)
{
	u64 now = 1 + tape_any(t) % CLOCK_MAX;
	u32 seq = tape_u32(t);
	struct mytcp_drs d;

	mytcp_drs_init(&d, tape_any(t) & 0x3fffffff, seq, now);
	while (tape_more(t)) {
		u64 window;

		now += tape_any(t) % (1ull << 42);
		switch (tape_u8(t) & 3) {
		case 0:
			mytcp_drs_announced(&d, seq + tape_u32(t), now);
			break;
		case 1:
			if (d.rtt_ns)
				mytcp_drs_filled(&d, now);
			break;
		case 2:
			mytcp_drs_echoed(&d, 1 + (tape_any(t) & 0x7fffffff));
			break;
		case 3:
			seq += tape_any(t) & 0x3fffffff;
			if (seq - d.begin_seq <= d.space)
				break;
			window = mytcp_drs_read(&d, seq, tape_any(t) & 0x3fffffff,
						48 + (tape_u16(t) & 0x7fff), now);
			/* Twice what was read, at least */
			FUZZ_CHECK(!window || window >= 2ull * d.space);
			break;
		}
		FUZZ_CHECK(d.rtt_us8 <= MYTCP_RTT_MAX_US * 8);
	}
}

static void rules_plpmtud(struct tape *t)
{
	u32 floor = 8, base = floor + tape_u16(t) % 1460, most = base + tape_u16(t) % 60000;
	struct mytcp_plpmtud p;
	u64 now = 1;
	u32 size;
	int steps;

	mytcp_plpmtud_init(&p, base, most, tape_u8(t) & 1, now);
	for (steps = 0; tape_more(t) && steps < 256; steps++) {
		u8 what = tape_u8(t);

		now += tape_any(t) % (1ull << 42);
		switch (what & 3) {
		case 0:
			mytcp_plpmtud_shrink(&p, base, floor, now);
			break;
		case 1:
			mytcp_plpmtud_again(&p, base, most, NSEC_PER_SEC, now);
			break;
		default:
			size = mytcp_plpmtud_next(&p, most, 1 + tape_u8(t));
			if (!size)
				break;
			FUZZ_CHECK(size > p.low && size < most);
			mytcp_plpmtud_sent(&p, size, 1);
			if (what & 4)
				mytcp_plpmtud_arrived(&p);
			else
				mytcp_plpmtud_failed(&p);
			break;
		}
		FUZZ_CHECK(p.low >= floor && p.low <= most);
	}
}

static void rules_numbers(struct tape *t)
{
	siphash_key_t key = { { tape_u64(t), tape_u64(t) } };
	struct mytcp_cookie_options options = {
		.wscale_ok = tape_u8(t) & 1,
		.sack_ok = tape_u8(t) & 1,
		.ecn_ok = tape_u8(t) & 1,
	}, options_again;
	u16 mss = 1 + tape_u16(t) % 65535;
	struct mytcp_cookie what = { .mss = mytcp_cookie_mss(mss), .ts_ok = tape_u8(t) & 1 };
	struct mytcp_cookie again;
	u64 now = tape_u64(t) % CLOCK_MAX, later = tape_any(t) % (60 * NSEC_PER_SEC);
	u32 irs = tape_u32(t), now_ms = tape_u32(t), isn, ts;
	u8 tuple[37], len = tape_u8(t) % sizeof(tuple), i;

	for (i = 0; i < sizeof(tuple); i++)
		tuple[i] = tape_u8(t);
	options.wscale = options.wscale_ok ? tape_u8(t) % 15 : 0;

	/* A cookie of the last minute says what it was made with */
	isn = mytcp_cookie_make(&key, tuple, len, irs, now, &what);
	FUZZ_CHECK(mytcp_cookie_open(&key, tuple, len, irs, isn, now + later, &again));
	FUZZ_CHECK(again.mss == what.mss && again.ts_ok == what.ts_ok);
	/* And nothing when it is too old */
	FUZZ_CHECK(!mytcp_cookie_open(&key, tuple, len, irs, isn,
				      now + (MYTCP_COOKIE_MINUTES + 1) * 60 * NSEC_PER_SEC,
				      &again));
	ts = mytcp_cookie_ts_make(now_ms, &options);
	FUZZ_CHECK(now_ms - ts <= 63);
	FUZZ_CHECK(mytcp_cookie_ts_open(ts, now_ms + (u32)div_u64(later, NSEC_PER_MSEC),
					&options_again));
	FUZZ_CHECK(options_again.wscale_ok == options.wscale_ok &&
		   options_again.wscale == options.wscale &&
		   options_again.sack_ok == options.sack_ok &&
		   options_again.ecn_ok == options.ecn_ok);

	/* A later ISN of the same tuple is after the earlier one: 4 us a tick */
	FUZZ_CHECK(mytcp_isn(&key, tuple, len, now + later) -
		   mytcp_isn(&key, tuple, len, now) ==
		   (u32)(div_u64(now + later, 4000) - div_u64(now, 4000)));
	FUZZ_CHECK(mytcp_ts_offset(&key, tuple, len) == mytcp_ts_offset(&key, tuple, len));
	mytcp_port_offset(&key, tuple, len);
}

static void rules_fastopen(struct tape *t)
{
	u8 octets[MYTCP_FASTOPEN_KEYS * MYTCP_FASTOPEN_KEY_LEN], again[sizeof(octets)];
	u8 num = 1 + (tape_u8(t) & 1), addrs[32], len = tape_u8(t) & 1 ? 32 : 8, i;
	struct mytcp_fastopen_keys keys;
	struct mytcp_fastopen_cookie cookie = { };

	for (i = 0; i < sizeof(octets); i++)
		octets[i] = tape_u8(t);
	for (i = 0; i < sizeof(addrs); i++)
		addrs[i] = tape_u8(t);
	mytcp_fastopen_keys_set(&keys, octets, num);
	FUZZ_CHECK(mytcp_fastopen_keys_get(&keys, again) == num * MYTCP_FASTOPEN_KEY_LEN);
	FUZZ_CHECK(!memcmp(octets, again, num * MYTCP_FASTOPEN_KEY_LEN));
	mytcp_fastopen_cookie_make(&keys, addrs, len, &cookie);
	FUZZ_CHECK(mytcp_fastopen_cookie_check(&keys, addrs, len, &cookie) ==
		   MYTCP_FASTOPEN_VALID);
	cookie.val[tape_u8(t) % cookie.len] ^= 1 + tape_u8(t) % 255;
	FUZZ_CHECK(mytcp_fastopen_cookie_check(&keys, addrs, len, &cookie) ==
		   MYTCP_FASTOPEN_FORGED);
}

static void rules_limits(struct tape *t)
{
	struct mytcp_fastopen_limit limit = { .max = tape_u8(t) };
	struct mytcp_ratelimit ratelimit = { };
	u32 per_sec = tape_any(t) & 0x7fffffff, taken = 0, held = 0;
	u64 now = tape_any(t) % CLOCK_MAX, second = ~0ull;

	while (tape_more(t)) {
		u8 what = tape_u8(t);

		now += tape_any(t) % (1ull << 36);
		if (div_u64(now, NSEC_PER_SEC) != second)
			taken = 0;
		second = div_u64(now, NSEC_PER_SEC);
		taken += mytcp_ratelimit(&ratelimit, now, per_sec, tape_u32(t));
		FUZZ_CHECK(taken <= per_sec + (u64)per_sec / 2 + 1);
		if (what & 1 && mytcp_fastopen_limit_take(&limit, now)) {
			held++;
			FUZZ_CHECK(limit.count <= limit.max);
		} else if (what & 2 && held) {
			held--;
			mytcp_fastopen_limit_give(&limit, now, what & 4);
		}
		FUZZ_CHECK(limit.count >= held);
	}
}

static void (*const rules[])(struct tape *t) = {
	rules_seq, rules_rtt, rules_window, rules_rack, rules_prr, rules_rate, rules_cong,
	rules_cong, rules_hystart, rules_drs, rules_plpmtud, rules_numbers, rules_fastopen,
	rules_limits,
};

int fuzz_init(int *argc, char ***argv)
{
	return 0;
}

int fuzz_input(const u8 *data, size_t size)
{
	struct tape t = { data, size };

	rules[tape_u8(&t) % ARRAY_SIZE(rules)](&t);
	return 0;
}
