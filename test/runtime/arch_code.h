// Machine code for tests, as the compiler would produce it: one image's bytes
// with functions at labels, which the linker keeps once.
//
// "slot" parameters are distances from the context register to a field of the
// context (ImageBuilder::FromPinned).
#ifndef WASIJIT_TEST_RUNTIME_ARCH_CODE_H_
#define WASIJIT_TEST_RUNTIME_ARCH_CODE_H_

#include <cstdint>

#if defined(__x86_64__)
asm(R"(
        .pushsection .rodata.wasijit_test_code, "aG", @progbits, wasijit_test_code, comdat
        .macro  label name
        .globl  wasijit_test_\name
        .hidden wasijit_test_\name
wasijit_test_\name:
        .endm
        .p2align 16
        label   begin

        # (i32, i32) -> i32
        label   add
        pushq   %rbp
        movq    %rsp, %rbp
        leal    (%rdi,%rsi), %eax
        popq    %rbp
        retq

        # (i32, i32) -> i32; faults if the divisor is 0
        label   divide
        pushq   %rbp
        movq    %rsp, %rbp
        movl    %edi, %eax
        cltd
        idivl   %esi
        popq    %rbp
        retq

        # (i64 slot of the call buffer, i64 x 5, i64 x 2 in the buffer) -> i64:
        # the difference of the last two
        label   buffer_arguments
        movq    (%r13,%rdi), %rdx
        movq    (%rdx), %rax
        subq    16(%rdx), %rax
        retq

        # (i64 slot of the call buffer) -> i64 x 5, f64: 1 to 5, 6.0
        label   buffer_results
        movq    (%r13,%rdi), %rdi
        movq    $5, (%rdi)
        movl    $6, %eax
        cvtsi2sdl %eax, %xmm0
        movl    $1, %eax
        movl    $2, %edx
        movl    $3, %ecx
        movl    $4, %r8d
        retq

        # (f32, v128, f64) -> (v128, f64, f32)
        label   rotate_vectors
        movaps  %xmm0, %xmm3
        movaps  %xmm1, %xmm0
        movaps  %xmm2, %xmm1
        movaps  %xmm3, %xmm2
        retq

        # (i64 slot) -> i32: the memory or field at the distance
        label   load
        pushq   %rbp
        movq    %rsp, %rbp
        label   load_access
        movl    (%r13,%rdi), %eax
        popq    %rbp
        retq

        # (i64 slot, i32)
        label   store
        pushq   %rbp
        movq    %rsp, %rbp
        movl    %esi, (%r13,%rdi)
        popq    %rbp
        retq

        # (i64 address) -> i64
        label   peek
        pushq   %rbp
        movq    %rsp, %rbp
        movq    (%rdi), %rax
        popq    %rbp
        retq

        # (i64 address): jumps there
        label   jump
        jmpq    *%rdi

        # (): endlessly
        label   spin
        pushq   %rbp
        movq    %rsp, %rbp
1:      jmp     1b

        # ()
        label   recurse
        pushq   %rbp
        movq    %rsp, %rbp
        callq   wasijit_test_recurse
        popq    %rbp
        retq

        # (i64 slot of an import): calls it and recurses
        label   recurse_import
        pushq   %rbp
        movq    %rsp, %rbp
        pushq   %rbx
        pushq   %r13
        movq    %rdi, %rbx
        movq    (%r13,%rbx), %rax
        movq    8(%r13,%rbx), %r13
        callq   *%rax
        movq    (%rsp), %r13
        movq    %rbx, %rdi
        callq   wasijit_test_recurse_import
        popq    %r13
        popq    %rbx
        popq    %rbp
        retq

        # (i64 slot of an import, i64 x 5, f64 x 8) -> i64: calls the import with
        # the other arguments
        label   call_import
        pushq   %rbp
        movq    %rsp, %rbp
        pushq   %r13
        pushq   %rbx
        xorl    %ebx, %ebx
        movq    (%r13,%rdi), %rax
        movq    8(%r13,%rdi), %r13
        movq    %rsi, %rdi
        movq    %rdx, %rsi
        movq    %rcx, %rdx
        movq    %r8, %rcx
        movq    %r9, %r8
        callq   *%rax
        label   call_import_return
        popq    %rbx
        popq    %r13
        popq    %rbp
        retq

        # (as call_import) -> i64: calls call_import; from an exception, whose
        # payload is an i64, gives that and 1000
        label   catch_import
        pushq   %rbp
        movq    %rsp, %rbp
        pushq   %rbx
        pushq   %r14
        movl    $900, %ebx
        movl    $100, %r14d
        callq   wasijit_test_call_import
        label   catch_import_return
        jmp     1f
        label   catch_import_pad
        movq    16(%rax), %rax
        addq    %rbx, %rax
        addq    %r14, %rax
1:      popq    %r14
        popq    %rbx
        popq    %rbp
        retq

        # (i64 slot of the context, i32 memory, i64 delta) -> i64
        label   grow
        pushq   %rbp
        movq    %rsp, %rbp
        addq    %r13, %rdi
        callq   *wasijit_test_grow_slot(%rip)
        popq    %rbp
        retq

        # (i64 slot of the context): grows memory 0 by nothing and recurses
        label   recurse_grow
        pushq   %rbp
        movq    %rsp, %rbp
        pushq   %rbx
        pushq   %r13
        movq    %rdi, %rbx
        leaq    (%r13,%rbx), %rdi
        xorl    %esi, %esi
        xorl    %edx, %edx
        callq   *wasijit_test_grow_slot(%rip)
        movq    %rbx, %rdi
        callq   wasijit_test_recurse_grow
        popq    %r13
        popq    %rbx
        popq    %rbp
        retq

        # (): calls a function that traps before it has a frame
        label   call_trap
        pushq   %rbp
        movq    %rsp, %rbp
        callq   wasijit_test_traps
        label   call_trap_return
        popq    %rbp
        retq

        # (): for each kind of trap a function, 16 bytes apart
        .p2align 4
        label   traps
        .set    kind, 0
        .rept   32
        .if     kind == 0
        .byte   0x67, 0x0f, 0xb9, 0x00
        .else
        .byte   0x67, 0x0f, 0xb9, 0x40, kind
        .endif
        .p2align 4
        .set    kind, kind + 1
        .endr
        label   text_end

        .p2align 16
        label   grow_slot
        .quad   0
        label   end
        .purgem label
        .popsection
)");
#elif defined(__aarch64__)
asm(R"(
        .pushsection .rodata.wasijit_test_code, "aG", %progbits, wasijit_test_code, comdat
        .macro  label name
        .globl  wasijit_test_\name
        .hidden wasijit_test_\name
wasijit_test_\name:
        .endm
        .p2align 16
        label   begin

        label   add
        add     w0, w0, w1
        ret

        // The CPU does not refuse divisions.
        label   divide
        cbnz    w1, 1f
        brk     #0x5501
1:      sdiv    w0, w0, w1
        ret

        label   buffer_arguments
        ldr     x2, [x20, x0]
        ldr     x0, [x2]
        ldr     x1, [x2, #16]
        sub     x0, x0, x1
        ret

        label   buffer_results
        ldr     x9, [x20, x0]
        mov     x0, #5
        str     x0, [x9]
        mov     x0, #1
        mov     x1, #2
        mov     x2, #3
        mov     x3, #4
        fmov    d0, #6.0
        ret

        label   rotate_vectors
        mov     v3.16b, v0.16b
        mov     v0.16b, v1.16b
        mov     v1.16b, v2.16b
        mov     v2.16b, v3.16b
        ret

        label   load
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        label   load_access
        ldr     w0, [x20, x0]
        ldp     x29, x30, [sp], #16
        ret

        label   store
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        str     w1, [x20, x0]
        ldp     x29, x30, [sp], #16
        ret

        label   peek
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        ldr     x0, [x0]
        ldp     x29, x30, [sp], #16
        ret

        label   jump
        br      x0

        label   spin
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
1:      b       1b

        label   recurse
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        bl      wasijit_test_recurse
        ldp     x29, x30, [sp], #16
        ret

        label   recurse_import
        stp     x29, x30, [sp, #-32]!
        mov     x29, sp
        stp     x19, x20, [sp, #16]
        mov     x19, x0
        add     x9, x20, x19
        ldp     x9, x20, [x9]
        blr     x9
        ldr     x20, [sp, #24]
        mov     x0, x19
        bl      wasijit_test_recurse_import
        ldp     x19, x20, [sp, #16]
        ldp     x29, x30, [sp], #32
        ret

        label   call_import
        stp     x29, x30, [sp, #-32]!
        mov     x29, sp
        str     x20, [sp, #16]
        add     x9, x20, x0
        ldp     x9, x20, [x9]
        mov     x0, x1
        mov     x1, x2
        mov     x2, x3
        mov     x3, x4
        mov     x4, x5
        blr     x9
        label   call_import_return
        ldr     x20, [sp, #16]
        ldp     x29, x30, [sp], #32
        ret

        label   catch_import
        stp     x29, x30, [sp, #-32]!
        mov     x29, sp
        stp     x19, x28, [sp, #16]
        mov     x19, #900
        mov     x28, #100
        bl      wasijit_test_call_import
        label   catch_import_return
        b       1f
        label   catch_import_pad
        ldr     x0, [x0, #16]
        add     x0, x0, x19
        add     x0, x0, x28
1:      ldp     x19, x28, [sp, #16]
        ldp     x29, x30, [sp], #32
        ret

        label   grow
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        add     x0, x20, x0
        adrp    x9, wasijit_test_grow_slot
        ldr     x9, [x9]
        blr     x9
        ldp     x29, x30, [sp], #16
        ret

        label   recurse_grow
        stp     x29, x30, [sp, #-32]!
        mov     x29, sp
        str     x19, [sp, #16]
        mov     x19, x0
        add     x0, x20, x19
        mov     x1, #0
        mov     x2, #0
        adrp    x9, wasijit_test_grow_slot
        ldr     x9, [x9]
        blr     x9
        mov     x0, x19
        bl      wasijit_test_recurse_grow
        ldr     x19, [sp, #16]
        ldp     x29, x30, [sp], #32
        ret

        label   call_trap
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        bl      wasijit_test_traps
        label   call_trap_return
        ldp     x29, x30, [sp], #16
        ret

        .p2align 4
        label   traps
        .set    kind, 0
        .rept   32
        brk     #(0x5500 | kind)
        .p2align 4
        .set    kind, kind + 1
        .endr
        label   text_end

        .p2align 16
        label   grow_slot
        .quad   0
        label   end
        .purgem label
        .popsection
)");
#endif

extern "C" {
#define WASIJIT_TEST_LABEL(name)             \
  extern const uint8_t wasijit_test_##name[] \
      __attribute__((visibility("hidden")));
WASIJIT_TEST_LABEL(begin)
WASIJIT_TEST_LABEL(add)
WASIJIT_TEST_LABEL(divide)
WASIJIT_TEST_LABEL(buffer_arguments)
WASIJIT_TEST_LABEL(buffer_results)
WASIJIT_TEST_LABEL(rotate_vectors)
WASIJIT_TEST_LABEL(load)
WASIJIT_TEST_LABEL(load_access)
WASIJIT_TEST_LABEL(store)
WASIJIT_TEST_LABEL(peek)
WASIJIT_TEST_LABEL(jump)
WASIJIT_TEST_LABEL(spin)
WASIJIT_TEST_LABEL(recurse)
WASIJIT_TEST_LABEL(recurse_import)
WASIJIT_TEST_LABEL(call_import)
WASIJIT_TEST_LABEL(call_import_return)
WASIJIT_TEST_LABEL(catch_import)
WASIJIT_TEST_LABEL(catch_import_return)
WASIJIT_TEST_LABEL(catch_import_pad)
WASIJIT_TEST_LABEL(grow)
WASIJIT_TEST_LABEL(recurse_grow)
WASIJIT_TEST_LABEL(call_trap)
WASIJIT_TEST_LABEL(call_trap_return)
WASIJIT_TEST_LABEL(traps)
WASIJIT_TEST_LABEL(text_end)
WASIJIT_TEST_LABEL(grow_slot)
WASIJIT_TEST_LABEL(end)
#undef WASIJIT_TEST_LABEL
}

#endif  // WASIJIT_TEST_RUNTIME_ARCH_CODE_H_
