# SPDX-License-Identifier: GPL-2.0
#
# The fuzz targets, for run.sh: make -f build.mk TOP= KERNEL= OUT=
#
#   TOP      the tree
#   KERNEL   a build folder of User Mode Linux that is prepared for clang
#   OUT      where objects and programs go

SRC := $(realpath $(KERNEL)/source)
FUZZ := $(TOP)/selftests/fuzz
CC := clang

# As the kernel's build system compiles for User Mode Linux, but for a program of
# the host: its own memory model, its own library
include-dirs := \
	$(FUZZ)/shim/include \
	$(SRC)/arch/um/include $(KERNEL)/arch/um/include/generated \
	$(SRC)/include $(KERNEL)/include \
	$(SRC)/arch/um/include/uapi $(KERNEL)/arch/um/include/generated/uapi \
	$(SRC)/include/uapi $(KERNEL)/include/generated/uapi \
	$(SRC)/arch/x86/um $(SRC)/arch/x86/include $(SRC)/arch/x86/include/uapi \
	$(KERNEL)/arch/x86/include/generated $(KERNEL)/arch/x86/include/generated/uapi \
	$(SRC)/arch/um/include/shared $(SRC)/arch/x86/um/shared \
	$(SRC)/arch/um/include/shared/skas $(SRC)/net/core
kernel-flags := -nostdinc $(addprefix -I,$(include-dirs)) \
	-include $(SRC)/include/linux/compiler-version.h \
	-include $(SRC)/include/linux/kconfig.h \
	-include $(SRC)/include/linux/compiler_types.h \
	-D__KERNEL__ -D__arch_um__ -DKBUILD_MODNAME='"mytcp"' \
	-DKBUILD_BASENAME='"mytcp"' -D__KBUILD_MODNAME=kmod_mytcp \
	-Dstrrchr=kernel_strrchr -Derrno=kernel_errno \
	-Din6addr_loopback=kernel_in6addr_loopback \
	-Din6addr_any=kernel_in6addr_any \
	-std=gnu11 -fshort-wchar -funsigned-char -fno-common -fno-builtin \
	-fno-strict-aliasing -fno-strict-overflow -fno-delete-null-pointer-checks \
	-ffunction-sections -fdata-sections -w
flags := -gline-tables-only -O1 -fno-omit-frame-pointer -MMD -MP
asan := -fsanitize=address
checked := $(asan),undefined,fuzzer-no-link -fno-sanitize-recover=all

# Of the kernel itself: what the module calls, as far as it stands for itself
kernel-objs := \
	lib/iov_iter lib/list_sort lib/llist lib/rbtree lib/rcuref lib/refcount lib/siphash \
	lib/win_minmax \
	net/core/datagram net/core/hotdata net/core/skbuff net/core/sock \
	net/core/stream
module-objs := $(shell sed -n 's|^\tmodule/\(.*\)\.o .*|\1|p' $(TOP)/Kbuild)
shim-objs := defaults kernel memory socket unit
targets := codec rules scoreboard reassembly segment
objs := $(kernel-objs:%=$(OUT)/kernel/%.o) $(module-objs:%=$(OUT)/module/%.o) \
	$(shim-objs:%=$(OUT)/shim/%.o) $(OUT)/shim/host.o $(OUT)/catch.o \
	$(OUT)/talk.o

all: $(targets:%=$(OUT)/%)

# What no target comes to is not there: a call of it goes to address 0, and fails
$(targets:%=$(OUT)/%): $(OUT)/%: $(OUT)/%.o $(objs)
	$(CC) -no-pie $(asan),undefined,fuzzer -Wl,--gc-sections \
		-Wl,--unresolved-symbols=ignore-all -o $@ $^

module-flags := $(kernel-flags) -DMODULE -DMYTCP_KUNIT -I$(TOP)/module

$(OUT)/module/%.o: $(TOP)/module/%.c $(FUZZ)/build.mk
	@mkdir -p $(@D)
	$(CC) $(flags) $(module-flags) $(checked) -c -o $@ $<

# Each step of the clock walks over its whole table: there is nothing to learn from
$(OUT)/module/demux.o: checked := $(asan),undefined -fno-sanitize-recover=all

$(OUT)/catch.o: $(TOP)/selftests/kunit/catch.c $(FUZZ)/build.mk
	$(CC) $(flags) $(module-flags) $(asan) -c -o $@ $<

$(OUT)/%.o: $(FUZZ)/%.c $(FUZZ)/build.mk
	$(CC) $(flags) $(module-flags) $(asan),fuzzer-no-link -c -o $@ $<

$(OUT)/shim/host.o: $(FUZZ)/shim/host.c $(FUZZ)/build.mk
	@mkdir -p $(@D)
	$(CC) $(flags) $(asan) -c -o $@ $<

$(OUT)/shim/%.o: $(FUZZ)/shim/%.c $(FUZZ)/build.mk
	@mkdir -p $(@D)
	$(CC) $(flags) $(kernel-flags) -I$(SRC) $(asan) \
		-mllvm -asan-globals=0 -c -o $@ $<

$(OUT)/kernel/%.o: $(SRC)/%.c $(FUZZ)/build.mk
	@mkdir -p $(@D)
	$(CC) $(flags) $(kernel-flags) $(asan) -mllvm -asan-globals=0 -c -o $@ $<

-include $(OUT)/module/*.d $(OUT)/shim/*.d $(OUT)/*.d
