/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the socket tests share: the family under test, and the handful of
 * steps that nearly every test begins with. A step that fails ends the test.
 */
#ifndef NET_H
#define NET_H

#include <linux/types.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct family - a stream family that the same tests can drive
 * @name: what --family calls it
 * @domain: first argument of socket()
 * @protocol: third argument of socket()
 */
struct family {
	const char *name;
	int domain;
	int protocol;
};

extern const struct family family_tcp, family_mytcp, family_mytcp253;

/* The family under test. */
extern const struct family *family;

/* The longest wait for something that must happen, in ms. Only a test that
 * fails ever waits so long.
 */
#define SOON 30000

/* How long a test watches that something does not happen, in ms. */
#define A_WHILE 100

/* Buffers that a test can fill in a moment, in bytes. */
#define SMALL 4096

/**
 * net_main() - parse the command line, make a network, run the tests
 * @argc: of main()
 * @argv: of main()
 * @families: those that the program's tests are for, up to a NULL
 *
 * Return: what main() is to return.
 */
int net_main(int argc, char **argv, const struct family *const *families);

/**
 * fresh_namespace() - move into an empty network namespace, loopback up
 *
 * For tests that set a sysctl.
 */
void fresh_namespace(void);

/**
 * set_sysctl() - set one below /proc/sys/net/ipv4
 * @name: of the file
 * @value: for it
 */
void set_sysctl(const char *name, int value);

/** get_sysctl() - read one below /proc/sys/net/ipv4 */
int get_sysctl(const char *name);

/** drop_privileges() - become a user without capabilities, for good */
void drop_privileges(void);

/** stream() - a new socket of the family under test */
int stream(void);

/** stream_of() - a new socket of the family @f */
int stream_of(const struct family *f);

/** loopback() - 127.0.0.1 and @port (host byte order) */
struct sockaddr_in loopback(__u16 port);

/** address() - @host and @port, both in host byte order */
struct sockaddr_in address(__u32 host, __u16 port);

/** bind_to(), connect_to() - bind() and connect() without their casts */
int bind_to(int fd, struct sockaddr_in addr);
int connect_to(int fd, struct sockaddr_in addr);

/** local_of() - getsockname(); peer_of() - getpeername() */
struct sockaddr_in local_of(int fd);
struct sockaddr_in peer_of(int fd);

/** port_of() - the local port, in host byte order */
__u16 port_of(int fd);

/** same_address() - are family, host and port equal? */
bool same_address(struct sockaddr_in a, struct sockaddr_in b);

/** unused_port() - a port of 127.0.0.1 that was free a moment ago */
__u16 unused_port(void);

/** listener() - a socket that listens on 127.0.0.1, the port any */
int listener(int backlog);

/** client_of() - a new socket, connected to the listener @fd */
int client_of(int fd);

/** accept_from() - accept(), waiting at most SOON */
int accept_from(int fd);

enum { CLIENT, SERVER };

/** pair() - a connection over the loopback: fd[CLIENT] and fd[SERVER] */
void pair(int fd[2]);

/** small_pair() - the same, with buffers that fill quickly */
void small_pair(int fd[2]);

/**
 * blackhole() - a listener whose backlog is full
 *
 * A SYN to it is dropped without an answer, until accept_from() makes room.
 */
int blackhole(void);

/** set_int() - setsockopt() of an int; get_int() - getsockopt() of one */
void set_int(int fd, int level, int name, int value);
int get_int(int fd, int level, int name);

/** linger() - SO_LINGER on, for @seconds */
void linger(int fd, int seconds);

/** set_timeout() - SO_RCVTIMEO or SO_SNDTIMEO (@name), in ms */
void set_timeout(int fd, int name, int ms);

/** nonblocking() - set O_NONBLOCK */
void nonblocking(int fd);

/** state_of() - the state that TCP_INFO gives, TCP_ESTABLISHED and so on */
int state_of(int fd);

/** await_state() - wait until state_of() is @state */
void await_state(int fd, int state);

/** revents() - what poll() says at once, asked for everything it knows */
short revents(int fd);

/** await() - poll() for any of @events, at most SOON; what came */
short await(int fd, short events);

/** await_revents() - wait until revents() is exactly @want */
void await_revents(int fd, short want);

/** quiet() - true when none of @events comes for A_WHILE */
bool quiet(int fd, short events);

/** readable_bytes() - FIONREAD */
int readable_bytes(int fd);

/** await_bytes() - wait until FIONREAD is @n */
void await_bytes(int fd, int n);

/** put() - send the string @text, all of it */
void put(int fd, const char *text);

/** get() - read exactly the string @text */
void get(int fd, const char *text);

/** get_eof() - read the end of the stream */
void get_eof(int fd);

/** fill() - send until nothing more fits; how many bytes did */
size_t fill(int fd);

/** send_pattern() - send @n bytes of a known pattern that starts at @seed */
void send_pattern(int fd, size_t n, unsigned int seed);

/** recv_pattern() - read and compare them */
void recv_pattern(int fd, size_t n, unsigned int seed);

/** now_ms() - CLOCK_MONOTONIC */
long long now_ms(void);

/** sleep_ms() - also when signals come */
void sleep_ms(int ms);

/**
 * struct call - a system call that another thread is blocked in
 */
struct call;

/**
 * start() - run @fn(@fd) in a thread, and wait until it sleeps in the kernel
 * @fn: makes the call; returns what it returned, with errno set
 * @fd: for @fn
 */
struct call *start(long (*fn)(int fd), int fd);

/** recv_byte(), send_block() - calls for start(): one byte; BLOCK, no SIGPIPE */
#define BLOCK	(10 * SMALL)	/* more than a small_pair() takes at once */
long recv_byte(int fd);
long send_block(int fd);

/** interrupt() - send SIGUSR1 to the thread */
void interrupt(struct call *call);

/** await_sleep() - wait until the thread sleeps (again) */
void await_sleep(struct call *call);

/** still_blocked() - true when the call does not return for A_WHILE */
bool still_blocked(struct call *call);

/** finish() - wait for the call; its return value, with errno as it left it */
long finish(struct call *call);

/** catch_usr1() - count SIGUSR1 in signals_seen; @flags of sigaction() */
void catch_usr1(int flags);

extern atomic_int signals_seen;

/** await_signals() - wait until signals_seen reaches @n */
void await_signals(int n);

/** await_child() - wait for a child and require that it succeeded */
void await_child(pid_t pid);

#endif /* NET_H */
