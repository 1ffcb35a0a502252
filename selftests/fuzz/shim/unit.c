// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit, as far as the conversations of selftests/kunit need it: an expectation that
 * does not hold is the end.
 */
#include <kunit/test.h>
#include <linux/slab.h>

#include "shim.h"

struct fuzz_action {
	struct list_head link;
	kunit_action_t *action;	/* NULL: memory to be freed */
	void *ctx;
};

static LIST_HEAD(fuzz_actions);

void fuzz_test_begin(struct kunit *test)
{
	memset(test, 0, sizeof(*test));
}

/* In the reverse of the order in which they were added */
void fuzz_test_end(struct kunit *test)
{
	while (!list_empty(&fuzz_actions)) {
		struct fuzz_action *a = list_first_entry(&fuzz_actions,
							 struct fuzz_action, link);

		list_del(&a->link);
		if (a->action)
			a->action(a->ctx);
		else
			kfree(a->ctx);
		kfree(a);
	}
}

int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action, void *ctx)
{
	struct fuzz_action *a = kmalloc(sizeof(*a), GFP_KERNEL | __GFP_NOFAIL);

	a->action = action;
	a->ctx = ctx;
	list_add(&a->link, &fuzz_actions);
	return 0;
}

void *kunit_kmalloc_array(struct kunit *test, size_t n, size_t size, gfp_t flags)
{
	void *p = kmalloc_array(n, size, flags | __GFP_NOFAIL);

	kunit_add_action_or_reset(test, NULL, p);
	return p;
}

/* Only their names are asked for */
void kunit_fail_assert_format(const struct kunit_assert *assert,
			      const struct va_format *message,
			      struct string_stream *stream)
{
}

void kunit_binary_assert_format(const struct kunit_assert *assert,
				const struct va_format *message,
				struct string_stream *stream)
{
}

void kunit_binary_ptr_assert_format(const struct kunit_assert *assert,
				    const struct va_format *message,
				    struct string_stream *stream)
{
}

void __kunit_do_failed_assertion(struct kunit *test, const struct kunit_loc *loc,
				 enum kunit_assert_type type,
				 const struct kunit_assert *assert,
				 assert_format_t format, const char *fmt, ...)
{
	const struct kunit_binary_assert *binary =
		container_of(assert, struct kunit_binary_assert, assert);
	char message[400] = "";
	va_list args;

	if (fmt) {
		va_start(args, fmt);
		fuzz_print(message, sizeof(message), fmt, args);
		va_end(args);
	}
	if (format == kunit_binary_assert_format)
		fuzz_fail("%s:%d: %s %s %s does not hold: %lld, %lld. %s", loc->file,
			  loc->line, binary->text->left_text, binary->text->operation,
			  binary->text->right_text, binary->left_value,
			  binary->right_value, message);
	fuzz_fail("%s:%d: an expectation does not hold. %s", loc->file, loc->line,
		  message);
}

void __kunit_abort(struct kunit *test)
{
	fuzz_abort();
}
