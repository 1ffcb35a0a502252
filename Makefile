# SPDX-License-Identifier: GPL-2.0
#
# mytcp: a TCP that you can insmod.  `make help` lists what there is.
#
#   KDIR=FOLDER  build folder of the kernel to build for; the running kernel's
#   ARCH=um      its architecture, when it is not the machine's
#   W=1 C=2 ...  go through to the kernel's build system

KDIR ?= /lib/modules/$(shell uname -r)/build
PREFIX ?= /usr/local
DESTDIR ?=

# Variables of the kernel's build system that may be given here
PASS := $(foreach v,W C CF V CC LLVM,$(if $($(v)),$(if $(filter command,$(origin $(v))),$(v)="$($(v))")))

all: module tools ## the module for KDIR (default: the running kernel) and the tools

module: ## mytcp.ko alone, and the example of congestion control as a module
	@ko=$$(scripts/build-module.sh $(if $(ARCH),-a $(ARCH)) "$(KDIR)" $(PASS)) && \
	cp "$$ko" "$${ko%/*}"/module/examples/*.ko .

tools: ## mytcp_run and its library
	@$(MAKE) --no-print-directory -s -C tools

demo: ## mytcp at work in a virtual machine, in one and a half minutes
	@scripts/demo.sh

test: ## every test; ends with "N passed, N failed"
	@selftests/run

test-quick: ## unit tests and scripted conversations under UML, in two minutes
	@selftests/run quick

test-full: ## every test on every kernel, with the longer runs
	@selftests/run full

vm: ## a shell in a virtual machine with the module loaded (KERNEL=stock-6.12)
	@scripts/vm.sh $(KERNEL)

bench: ## instructions and memory against the kernel's TCP and AF_UNIX
	@selftests/run bench

sim: ## mytcp beside the kernel's TCP on 324 simulated paths: Documentation/simulation.md
	@scripts/sim.sh

lint: ## checkpatch, sparse, W=1, cppcheck, clang, shellcheck: all silent
	@scripts/lint.sh

conformance: ## Documentation/conformance.md from the labels in code and tests
	@scripts/conformance.py

install: all ## the module for KDIR's kernel, and the tools, below PREFIX
	@for ko in *.ko; do \
		install -v -D -m 644 $$ko \
			"$(DESTDIR)/lib/modules/$(RELEASE)/updates/$$ko" || exit; \
	done
	$(if $(DESTDIR),,depmod $(RELEASE))
	$(MAKE) --no-print-directory -C tools install PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)"

uninstall: ## the reverse
	rm -f "$(DESTDIR)/lib/modules/$(RELEASE)/updates/"mytcp.ko \
		"$(DESTDIR)/lib/modules/$(RELEASE)/updates/"mytcp_cong_*.ko
	$(if $(DESTDIR),,depmod $(RELEASE))
	$(MAKE) --no-print-directory -C tools uninstall PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)"

clean: ## what was built in and for this tree; kernels in the cache stay
	@scripts/build-module.sh -C
	@rm -f *.ko
	@for dir in tools selftests/*/; do \
		[ ! -e $$dir/Makefile ] || $(MAKE) --no-print-directory -s -C $$dir clean; \
	done

install uninstall: RELEASE = $(shell make -s -C "$(KDIR)" kernelrelease)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

.PHONY: all module tools demo test test-quick test-full vm bench sim lint conformance install uninstall clean help
