// SPDX-License-Identifier: GPL-2.0
/*
 * flow SECONDS FROM TO ADDRESS ROUTER DEVICE STACK/CONTROL...: bulk flows across a
 * simulated path, and what can be said of them and of the queue that they shared.
 *
 *   SECONDS  how long they send
 *   FROM TO  the network namespaces of senders and receivers; ADDRESS is in TO
 *   ROUTER DEVICE  where the bottleneck is, whose queue is looked at
 *   STACK/CONTROL  a flow: `mytcp` or `kernel`, and its congestion control; all
 *                  begin at once
 *
 * Prints `queue BYTES`, the mean length of the bottleneck's queue over time, and
 * for each flow `flow STACK CONTROL RECEIVED LATE SENT AGAIN`: octets that have
 * arrived in order, those of them in the second half of the time, octets sent,
 * octets sent again.
 *
 * One process holds both ends of all flows and sleeps between events: in exact
 * virtual time, where computing takes none, polling the clock would never end.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gen_stats.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "mytcp.h"

#define PORT		5000	/* of the first flow */
#define FLOWS_MAX	16
#define SAMPLES		1000	/* of the queue, in the whole time */
#define CHUNK		(256 * 1024)

struct flow {
	char stack[16];
	char control[16];
	int sender;
	int receiver;
	unsigned long received;
	unsigned long half;	/* received in the first half */
};

static struct flow flows[FLOWS_MAX];
static int flow_count;
static char chunk[CHUNK];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Sockets that are made from now on belong to this namespace */
static void enter(const char *ns)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", ns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static int new_socket(const struct flow *flow)
{
	bool ours = !strcmp(flow->stack, "mytcp");
	int fd = socket(ours ? AF_MYTCP : AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die(flow->stack);
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, flow->control,
		       strlen(flow->control)))
		die(flow->control);
	return fd;
}

static void nonblocking(int fd)
{
	if (fcntl(fd, F_SETFL, O_NONBLOCK))
		die("O_NONBLOCK");
}

static struct sockaddr_in end_of(const struct flow *flow, const char *address)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(PORT + (flow - flows)),
		.sin_addr.s_addr = inet_addr(address),
	};
}

static int listen_at(const struct flow *flow, const struct sockaddr_in *end)
{
	struct timeval patience = { .tv_sec = 10 };
	int listener = new_socket(flow), one = 1;

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(listener, (const void *)end, sizeof(*end)) || listen(listener, 1))
		die("listen");
	return listener;
}

/* With a reset, so that nothing is left of it on the path */
static void abandon(int fd)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

/*
 * The connections exist, and have been silent, before the time begins.  A bad path can
 * lose all that is sent to open one; of that a client who is silent learns nothing.
 */
static void connect_flow(struct flow *flow, const char *from, const char *to,
			 const char *address)
{
	struct sockaddr_in end = end_of(flow, address);
	int listener;

	enter(to);
	listener = listen_at(flow, &end);
	enter(from);
	for (int tries = 1;; tries++) {
		flow->sender = new_socket(flow);
		if (connect(flow->sender, (void *)&end, sizeof(end)))
			die("connect");
		flow->receiver = accept(listener, NULL, NULL);
		if (flow->receiver >= 0)
			break;
		if (errno != EAGAIN || tries == 5)
			die("accept");
		abandon(flow->sender);
	}
	close(listener);
	nonblocking(flow->sender);
	nonblocking(flow->receiver);
}

static void fill(struct flow *flow)
{
	while (send(flow->sender, chunk, sizeof(chunk), MSG_NOSIGNAL) > 0)
		;
	if (errno != EAGAIN)
		die("send");
}

static void drain(struct flow *flow)
{
	ssize_t got;

	while ((got = recv(flow->receiver, chunk, sizeof(chunk), 0)) > 0)
		flow->received += got;
	if (!got || errno != EAGAIN)
		die("recv");
}

/* The length of the queue of a device's root, in octets, from the kernel's dump */
static unsigned long backlog_of(const struct nlmsghdr *message)
{
	const struct tcmsg *tcm = NLMSG_DATA(message);
	struct rtattr *attr = TCA_RTA(tcm);
	int left = TCA_PAYLOAD(message);

	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
		struct rtattr *inner = RTA_DATA(attr);
		int rest = RTA_PAYLOAD(attr);

		if (attr->rta_type != TCA_STATS2)
			continue;
		for (; RTA_OK(inner, rest); inner = RTA_NEXT(inner, rest)) {
			struct gnet_stats_queue queue;

			if (inner->rta_type != TCA_STATS_QUEUE)
				continue;
			memcpy(&queue, RTA_DATA(inner), sizeof(queue));
			return queue.backlog;
		}
	}
	return 0;
}

static unsigned long look_at_queue(int netlink, int device)
{
	struct {
		struct nlmsghdr header;
		struct tcmsg tcm;
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETQDISC,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.tcm.tcm_ifindex = device,
	};
	static char answer[32768];
	unsigned long backlog = 0;

	if (send(netlink, &request, sizeof(request), 0) < 0)
		die("netlink");
	for (;;) {
		struct nlmsghdr *message = (void *)answer;
		int left = recv(netlink, answer, sizeof(answer), 0);

		if (left < 0)
			die("netlink");
		for (; NLMSG_OK(message, left);
		     message = NLMSG_NEXT(message, left)) {
			const struct tcmsg *tcm = NLMSG_DATA(message);

			if (message->nlmsg_type == NLMSG_DONE)
				return backlog;
			if (message->nlmsg_type == NLMSG_ERROR)
				die("RTM_GETQDISC");
			if (tcm->tcm_ifindex == device &&
			    tcm->tcm_parent == TC_H_ROOT)
				backlog = backlog_of(message);
		}
	}
}

static void watch(int poll, int fd, uint32_t events, uint64_t what)
{
	struct epoll_event event = { .events = events, .data.u64 = what };

	if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl");
}

/* What an event is of: the clock, or one end of a flow */
#define CLOCK		(2 * FLOWS_MAX)
#define SENDER(i)	(2 * (i))
#define RECEIVER(i)	(2 * (i) + 1)

static int start_clock(double seconds)
{
	long step = seconds * 1e9 / SAMPLES;
	struct itimerspec tick = {
		.it_value = { step / 1000000000, step % 1000000000 },
		.it_interval = { step / 1000000000, step % 1000000000 },
	};
	int clock = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);

	if (clock < 0 || timerfd_settime(clock, 0, &tick, NULL))
		die("timerfd");
	return clock;
}

/* Returns the mean length of the queue */
static double run(double seconds, int netlink, int device)
{
	int poll = epoll_create1(0), clock = start_clock(seconds);
	unsigned long ticks, samples = 0;
	double sum = 0;

	watch(poll, clock, EPOLLIN, CLOCK);
	for (int i = 0; i < flow_count; i++) {
		watch(poll, flows[i].receiver, EPOLLIN, RECEIVER(i));
		watch(poll, flows[i].sender, EPOLLOUT | EPOLLET, SENDER(i));
	}
	while (samples < SAMPLES) {
		struct epoll_event events[2 * FLOWS_MAX + 1];
		int count = epoll_wait(poll, events, 2 * FLOWS_MAX + 1, -1);

		for (int i = 0; i < count; i++) {
			unsigned long what = events[i].data.u64;

			if (what == CLOCK) {
				if (read(clock, &ticks, sizeof(ticks)) < 0)
					continue;
				samples += ticks;
				sum += ticks * (double)look_at_queue(netlink, device);
			} else if (what % 2) {
				drain(&flows[what / 2]);
			} else {
				fill(&flows[what / 2]);
			}
		}
		for (int i = 0; i < flow_count && samples <= SAMPLES / 2; i++)
			flows[i].half = flows[i].received;
	}
	return sum / samples;
}

static void report(const struct flow *flow)
{
	struct tcp_info info = {};
	socklen_t length = sizeof(info);

	if (getsockopt(flow->sender, IPPROTO_TCP, TCP_INFO, &info,
		       &length))
		die("TCP_INFO");
	printf("flow %s %s %lu %lu %llu %llu\n", flow->stack, flow->control,
	       flow->received, flow->received - flow->half,
	       (unsigned long long)info.tcpi_bytes_sent,
	       (unsigned long long)info.tcpi_bytes_retrans);
}

int main(int argc, char **argv)
{
	int netlink, device;
	double seconds;

	if (argc < 8 || argc - 7 > FLOWS_MAX) {
		fprintf(stderr,
			"usage: flow SECONDS FROM TO ADDRESS ROUTER DEVICE STACK/CONTROL...\n");
		return 2;
	}
	seconds = atof(argv[1]);
	enter(argv[5]);
	netlink = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	device = if_nametoindex(argv[6]);
	if (netlink < 0 || !device)
		die(argv[6]);
	for (int i = 7; i < argc; i++) {
		struct flow *flow = &flows[flow_count++];

		if (sscanf(argv[i], "%15[^/]/%15s", flow->stack,
			   flow->control) != 2) {
			fprintf(stderr, "flow: not STACK/CONTROL: %s\n", argv[i]);
			return 2;
		}
		connect_flow(flow, argv[2], argv[3], argv[4]);
	}
	printf("queue %.0f\n", run(seconds, netlink, device));
	for (int i = 0; i < flow_count; i++) {
		report(&flows[i]);
		abandon(flows[i].sender);
		abandon(flows[i].receiver);
	}
	return 0;
}
