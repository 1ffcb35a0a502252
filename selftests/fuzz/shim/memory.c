// SPDX-License-Identifier: GPL-2.0
/*
 * Memory: objects are the C library's, so that the sanitizer knows the bounds and
 * the life of each; pages stand side by side, as the kernel's arithmetic wants them,
 * and are poisoned while they are free.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "shim.h"

#define FUZZ_PAGES	16384

u8 fuzz_memory_fails;
bool fuzz_memory_fails_all;
unsigned long fuzz_objects;

unsigned long uml_physmem;
struct page *mem_map;
atomic_long_t _totalram_pages = ATOMIC_INIT(FUZZ_PAGES);
kmem_buckets kmalloc_caches[NR_KMALLOC_TYPES];
DEFINE_STATIC_KEY_FALSE(init_on_alloc);
DEFINE_STATIC_KEY_FALSE(init_on_free);

/* What the kernel's own struct of this name is to it, this one is to us. */
struct kmem_cache {
	unsigned int size;
	void (*ctor)(void *object);
};

static bool fuzz_memory_is_out(gfp_t flags)
{
	if (flags & __GFP_NOFAIL)
		return false;
	if (flags & __GFP_DIRECT_RECLAIM && !fuzz_memory_fails_all)
		return false;
	return fuzz_memory_fails && (fuzz_random() & 0xff) < fuzz_memory_fails;
}

static void *fuzz_alloc(size_t size, gfp_t flags)
{
	void *p;

	if (fuzz_memory_is_out(flags))
		return NULL;
	p = fuzz_malloc(size);
	if (!p)
		fuzz_fail("no memory for %zu octets", size);
	/* Else what was never written is a pattern, by the sanitizer's own option */
	if (flags & __GFP_ZERO)
		memset(p, 0, size);
	fuzz_objects++;
	return p;
}

void kfree(const void *p)
{
	if (ZERO_OR_NULL_PTR(p))
		return;
	fuzz_objects--;
	fuzz_free(p);
}

void kfree_sensitive(const void *p)
{
	kfree(p);
}

void kvfree(const void *p)
{
	kfree(p);
}

size_t ksize(const void *p)
{
	return ZERO_OR_NULL_PTR(p) ? 0 : fuzz_size(p);
}

size_t kmalloc_size_roundup(size_t size)
{
	return size;
}

void *__kmalloc_noprof(size_t size, gfp_t flags)
{
	return fuzz_alloc(size, flags);
}

void *__kmalloc_node_noprof(size_t size, gfp_t flags, int node)
{
	return fuzz_alloc(size, flags);
}

void *__kmalloc_node_track_caller_noprof(size_t size, gfp_t flags, int node,
					 unsigned long caller)
{
	return fuzz_alloc(size, flags);
}

void *__kmalloc_cache_noprof(struct kmem_cache *cache, gfp_t flags, size_t size)
{
	return fuzz_alloc(size, flags);
}

void *__kvmalloc_node_noprof(size_t size, gfp_t flags, int node)
{
	return fuzz_alloc(size, flags);
}

char *kstrdup(const char *s, gfp_t flags)
{
	size_t size = strlen(s) + 1;
	char *to = fuzz_alloc(size, flags);

	return to ? memcpy(to, s, size) : NULL;
}

struct kmem_cache *__kmem_cache_create_args(const char *name, unsigned int size,
					    struct kmem_cache_args *args,
					    slab_flags_t flags)
{
	struct kmem_cache *cache = fuzz_malloc(sizeof(*cache));

	*cache = (struct kmem_cache) { .size = size, .ctor = args->ctor };
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	fuzz_free(cache);
}

void *kmem_cache_alloc_noprof(struct kmem_cache *cache, gfp_t flags)
{
	void *p = fuzz_alloc(cache->size, flags);

	if (p && cache->ctor)
		cache->ctor(p);
	return p;
}

void *kmem_cache_alloc_node_noprof(struct kmem_cache *cache, gfp_t flags, int node)
{
	return kmem_cache_alloc_noprof(cache, flags);
}

void kmem_cache_free(struct kmem_cache *cache, void *p)
{
	kfree(p);
}

void *pcpu_alloc_noprof(size_t size, size_t align, bool reserved, gfp_t flags)
{
	return fuzz_alloc(size, flags | __GFP_ZERO);
}

void free_percpu(void *p)
{
	kfree(p);
}

/* --- Pages --- */

/* Free runs of 2^order pages, each by its first. */
static struct page *fuzz_free_pages[MAX_PAGE_ORDER + 1][FUZZ_PAGES];
static unsigned int fuzz_free_count[MAX_PAGE_ORDER + 1];
static unsigned int fuzz_pages_begun;

static struct page *fuzz_take_run(unsigned int order)
{
	struct page *page;

	if (fuzz_free_count[order])
		return fuzz_free_pages[order][--fuzz_free_count[order]];
	if (fuzz_pages_begun + (1u << order) > FUZZ_PAGES)
		fuzz_fail("no pages left: do they leak?");
	page = mem_map + fuzz_pages_begun;
	fuzz_pages_begun += 1u << order;
	return page;
}

struct page *__alloc_pages_noprof(gfp_t flags, unsigned int order, int nid,
				  nodemask_t *nodes)
{
	struct page *page;
	unsigned int i;

	if (fuzz_memory_is_out(flags))
		return NULL;
	page = fuzz_take_run(order);
	memset(page, 0, sizeof(*page) << order);
	set_page_count(page, 1);
	/* The size is needed again, and a run always has one reference count here */
	page->private = order;
	if (order && flags & __GFP_COMP) {
		__folio_set_head((struct folio *)page);
		for (i = 1; i < 1u << order; i++)
			page[i].compound_head = (unsigned long)page + 1;
	}
	fuzz_unpoison(page_address(page), PAGE_SIZE << order);
	if (flags & __GFP_ZERO)
		memset(page_address(page), 0, PAGE_SIZE << order);
	fuzz_objects++;
	return page;
}

void __folio_put(struct folio *folio)
{
	struct page *page = &folio->page;
	unsigned int order = page->private;

	fuzz_poison(page_address(page), PAGE_SIZE << order);
	fuzz_free_pages[order][fuzz_free_count[order]++] = page;
	fuzz_objects--;
}

/* Each piece has pages of its own and ends with them: what is written past it is seen. */
void *__page_frag_alloc_align(struct page_frag_cache *cache, unsigned int size,
			      gfp_t flags, unsigned int align_mask)
{
	unsigned int order = get_order(size);
	struct page *page = alloc_pages(flags | __GFP_COMP, order);

	if (!page)
		return NULL;
	return page_address(page) + (((PAGE_SIZE << order) - size) & align_mask);
}

void page_frag_free(void *p)
{
	put_page(virt_to_head_page(p));
}

unsigned long nr_free_buffer_pages(void)
{
	return FUZZ_PAGES;
}

bool gfp_pfmemalloc_allowed(gfp_t flags)
{
	return false;
}

void fuzz_memory_init(void)
{
	uml_physmem = (unsigned long)fuzz_malloc_aligned(PAGE_SIZE, FUZZ_PAGES * PAGE_SIZE);
	mem_map = fuzz_malloc(FUZZ_PAGES * sizeof(*mem_map));
	if (!uml_physmem || !mem_map)
		fuzz_fail("no memory for pages");
	fuzz_poison((void *)uml_physmem, FUZZ_PAGES * PAGE_SIZE);
}
